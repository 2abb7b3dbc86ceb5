import { expect, it } from 'vitest';
import { findJsonFault } from './check-json.ts';

it.each([
  ['A1', { type: 'string', pattern: '^[A-Z][0-9]$' }, undefined],
  ['a1', { type: 'string', pattern: '^[A-Z][0-9]$' }, 'does not fit the pattern'],
  ['a1', { type: 'string', pattern: '(?P<x>' }, undefined],
  [0, { type: 'number', exclusiveMinimum: 0 }, 'not above 0'],
  [1, { type: 'number', exclusiveMaximum: 1 }, 'not below 1'],
  [0.3, { type: 'number', multipleOf: 0.1 }, undefined],
  [5, { type: 'integer', multipleOf: 2 }, 'no multiple of 2'],
])('%j against %j', (value, schema, fault) => {
  const found = findJsonFault(value, schema);
  if (fault === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(fault);
});
