import { expect, it } from 'vitest';
import { checkSchemaSize } from './schema-size.ts';

it('a schema that a person means passes, a bomb does not', () => {
  const labels = (n: number) => ({ enum: Array.from({ length: n }, (_, i) => `label number ${i}`) });
  expect(() => checkSchemaSize({ type: 'object', properties: { kind: labels(1000) } })).not.toThrow();
  expect(() => checkSchemaSize(labels(100_000))).toThrow('more than 64,000 characters');
  let deep: unknown = {};
  for (let i = 0; i < 100_000; i++) deep = { items: deep };
  expect(() => checkSchemaSize(deep)).toThrow('deeper than 200 levels');
});
