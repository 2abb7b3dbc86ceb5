import { expect, test } from 'vitest';
import { imageType } from '../../../shared/media/image.ts';
import { sayColumnPart } from './say-column.ts';

test('a column is told by its role, else by what it holds', () => {
  expect(
    [
      { type: 'VARCHAR', role: 'id' as const },
      { type: imageType },
      { type: 'BOOLEAN', role: 'feature' as const },
      { type: 'TIMESTAMP' },
      { type: 'DECIMAL(18,3)' },
      { type: 'VARCHAR[]' },
    ].map(sayColumnPart),
  ).toEqual(['id', 'image', 'yes/no', 'time', 'number', 'other']);
});
