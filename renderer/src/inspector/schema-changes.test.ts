import { expect, it } from 'vitest';
import { countChanges, schemaChanges } from './schema-changes.ts';

const table = (...columns: { name: string; type: string; role?: 'target' }[]) => ({ columns, split: false });

it('names what was added, dropped, retyped and given a role', () => {
  const before = table(
    { name: 'id', type: 'BIGINT' },
    { name: 'age', type: 'VARCHAR' },
    { name: 'y', type: 'BOOLEAN' },
  );
  const after = table(
    { name: 'age', type: 'BIGINT' },
    { name: 'y', type: 'BOOLEAN', role: 'target' },
    { name: 'age2', type: 'BIGINT' },
    { name: '__row', type: 'BIGINT' },
  );
  const changes = schemaChanges(before, after);
  expect(changes.map((c) => [c.change, c.column.name, c.before?.type])).toEqual([
    ['retyped', 'age', 'VARCHAR'],
    ['role', 'y', 'BOOLEAN'],
    ['added', 'age2', undefined],
    ['removed', 'id', undefined],
  ]);
  expect(countChanges(changes)).toBe(4);
});

it('a reader adds nothing: it has no input', () => {
  expect(schemaChanges(undefined, table({ name: 'a', type: 'BIGINT' })).map((c) => c.change)).toEqual(['same']);
});
