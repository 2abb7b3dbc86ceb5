import { describe, expect, it } from 'vitest';
import { sayCondition, splitValues, unfitValue } from './conditions.ts';

describe('values of a condition', () => {
  it.each([
    ['a, b,c', ['a', 'b', 'c']],
    ['"Smith, Ann", "say ""hi""", x', ['Smith, Ann', 'say "hi"', 'x']],
    ['1', ['1']],
    ['', []],
    ['a,,b', ['a', '', 'b']],
  ])('%s', (text, values) => {
    expect(splitValues(text)).toEqual(values);
  });
  it.each([
    ['12', 'BIGINT', undefined],
    ['-1.5e3', 'DOUBLE', undefined],
    ['1,5', 'DOUBLE', 'a number'],
    ['2024-02-30 10:00', 'TIMESTAMP', undefined],
    ['30.2.2024', 'DATE', 'a date such as 2024-12-31'],
    ['Yes', 'BOOLEAN', undefined],
    ['maybe', 'BOOLEAN', 'true or false'],
    ['anything', 'VARCHAR', undefined],
  ])('%s for %s: %s', (text, type, wanted) => {
    expect(unfitValue(text, type)).toBe(wanted);
  });
  it('are said in words', () => {
    expect(sayCondition({ column: 'age', operator: 'at-least', value: '18' })).toBe('age ≥ 18');
    expect(sayCondition({ column: 'age', operator: 'missing', value: 'ignored' })).toBe('age is missing');
    expect(sayCondition({ column: '', operator: 'equals', value: '' })).toBe('… is ""');
  });
});
