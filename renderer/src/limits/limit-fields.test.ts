import { expect, it } from 'vitest';
import { inGigabytes, toFields, toLimits, wrongFields } from './limit-fields.ts';

const gigabyte = 2 ** 30;
const memory = {
  machineBytes: 16 * gigabyte,
  defaultBytes: 8 * gigabyte,
  leastBytes: gigabyte / 2,
  mostBytes: 10 * gigabyte,
};
const empty = { memoryGb: Number.NaN, minutes: Number.NaN, diskGb: Number.NaN };

it('limits become fields in the units of people and come back as they were', () => {
  const limits = { memoryBytes: 3.5 * gigabyte, seconds: 90, tempBytes: 20 * gigabyte };
  expect(toFields(limits)).toEqual({ memoryGb: 3.5, minutes: 1.5, diskGb: 20 });
  expect(toLimits(toFields(limits))).toEqual(limits);
  expect(toFields({})).toEqual(empty);
  expect(toLimits(empty)).toEqual({});
});

it('names the fields that a run could not work with', () => {
  expect([...wrongFields(empty, memory)]).toEqual([]);
  expect([...wrongFields({ memoryGb: 0.5, minutes: 0.1, diskGb: 0.5 }, memory)]).toEqual([]);
  expect([...wrongFields({ memoryGb: 10.1, minutes: 0, diskGb: -1 }, memory)]).toEqual([
    'memoryGb',
    'minutes',
    'diskGb',
  ]);
  expect([...wrongFields({ ...empty, memoryGb: 0.4 }, memory)]).toEqual(['memoryGb']);
});

it('says gigabytes with one figure behind the point', () => {
  expect([inGigabytes(8 * gigabyte), inGigabytes(14.68 * gigabyte, Math.floor), inGigabytes(gigabyte / 2)]).toEqual([
    '8',
    '14.6',
    '0.5',
  ]);
});
