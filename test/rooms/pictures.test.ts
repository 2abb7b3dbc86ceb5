import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { roomPictures } from '../../docs/draw-rooms.ts';

test.each([...roomPictures()])('%s shows the imports as they are (if not: npm run docs)', (file, text) => {
  expect(readFileSync(join(import.meta.dirname, '../..', file), 'utf8')).toBe(text);
});
