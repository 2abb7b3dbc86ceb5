import { describe, expect, it } from 'vitest';
import type { Profile, ProfileColumn } from '../text/profile-words.ts';
import { likelyId } from './likely-id.ts';

const column = (name: string, type: string, distinct: number, nulls = 0): ProfileColumn => ({
  name,
  type,
  count: 100,
  nulls,
  distinct,
  min: null,
  max: null,
  mean: null,
  sd: null,
  histogram: null,
  top: [],
});
const profile = (...columns: ProfileColumn[]): Profile => ({ rows: 100, exact: true, columns, ms: 1 });

describe('the column that names the rows', () => {
  it.each([
    ['customer_id', 'VARCHAR'],
    ['PassengerId', 'BIGINT'],
    ['ID', 'INTEGER'],
    ['uuid', 'UUID'],
    ['Rechnungsnummer', 'BIGINT'],
  ])('%s (%s), with a value of its own in each row', (name, type) => {
    expect(likelyId(profile(column('age', 'BIGINT', 60), column(name, type, 100)), 'y')).toBe(name);
  });

  it.each([
    ['a category by its name alone', column('store_id', 'BIGINT', 12)],
    ['a measure, though each row has its own', column('weight', 'DOUBLE', 100)],
    ['a number with decimals', column('id', 'DOUBLE', 100)],
    ['one with gaps', column('id', 'BIGINT', 96, 4)],
    ['a word that ends so', column('paid', 'VARCHAR', 100)],
    ['the target', column('y', 'VARCHAR', 100)],
  ])('is not %s', (_what, own) => {
    expect(likelyId(profile(own), 'y')).toBeUndefined();
  });

  it('is nothing of a few rows, or before they were read', () => {
    expect(likelyId({ ...profile({ ...column('id', 'BIGINT', 5), count: 5 }), rows: 5 }, 'y')).toBeUndefined();
    expect(likelyId(null, 'y')).toBeUndefined();
  });
});
