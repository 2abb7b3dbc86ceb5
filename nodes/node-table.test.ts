import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeTable } from '../docs/make-node-table.ts';

it('docs/node-kinds.md says what the kinds declare (if not: npm run docs)', async () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'node-kinds.md'), 'utf8');
  expect(page).toBe(await nodeTable());
});
