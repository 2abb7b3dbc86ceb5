import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sayCorrection } from '../text/corrected-number.ts';
import { fromSlider, correctNumber, parseNumber, stepBy, toSlider } from './number-text.ts';

const any = { isInteger: false, isNullable: false };

describe('typed numbers', () => {
  it('are read as people write them', () => {
    expect(
      [['0.5'], ['0,5'], ['1,200'], ['1 200'], ['−3'], ['1e-3'], ['20 %']].map(([text = '']) => parseNumber(text, any)),
    ).toEqual([0.5, 0.5, 1200, 1200, -3, 0.001, 0.2].map((value) => ({ ok: true, value })));
  });
  it('say what is wrong', () => {
    expect(parseNumber('many', any)).toEqual({ ok: false, why: 'not-a-number' });
    expect(parseNumber('2.5', { ...any, isInteger: true })).toEqual({ ok: false, why: 'not-whole' });
    expect(parseNumber('0', { ...any, min: 1 })).toEqual({ ok: false, why: 'too-small' });
    expect(parseNumber('9', { ...any, max: 8 })).toEqual({ ok: false, why: 'too-large' });
    expect(parseNumber('', any)).toEqual({ ok: false, why: 'empty' });
    expect(parseNumber('', { ...any, isNullable: true })).toEqual({ ok: true, value: null });
  });
});

describe('what a setting holds for what was typed', () => {
  const trees = { isInteger: true, isNullable: false, min: 1, max: 20_000 };
  const said = (text: string, rules: Parameters<typeof correctNumber>[1], before: number | null) => {
    const held = correctNumber(text, rules, before);
    return [held.value, sayCorrection(text, held)];
  };
  it('is the bound beyond a bound, and says so', () => {
    expect(said('30000', trees, 100)).toEqual([20_000, 'At most 20,000: 30000 was typed.']);
    expect(said('0.0000001', { ...any, min: 0.0001 }, 0.1)).toEqual([0.0001, 'At least 0.0001: 0.0000001 was typed.']);
    expect(said('0', { ...any, min: 0.000_000_01 }, null)).toEqual([1e-8, 'At least 0.00000001: 0 was typed.']);
  });
  it('is what it was where no number was typed, and says so', () => {
    expect(said('many', trees, 100)).toEqual([100, '“many” is not a number: 100 stays.']);
    expect(said('2.5', trees, 1200)).toEqual([1200, '“2.5” is not a whole number: 1,200 stays.']);
    expect(said(' ', trees, 100)).toEqual([100, 'A number is needed: 100 stays.']);
    expect(said('x'.repeat(60), { ...trees, isNullable: true }, null)).toEqual([
      null,
      `“${'x'.repeat(23)}…” is not a number: it stays empty.`,
    ]);
  });
  it('is what was typed otherwise, without a word', () => {
    expect(said('300', trees, 100)).toEqual([300, undefined]);
    expect(said('', { ...trees, isNullable: true }, 100)).toEqual([null, undefined]);
  });
});

describe('steps', () => {
  it('leave no dust and stay within the limits', () => {
    expect(stepBy(0.1, 2, { ...any, step: 0.1 })).toBe(0.3);
    expect(stepBy(5000, 1, { isInteger: true, isNullable: false, max: 5000 })).toBe(5000);
    expect(stepBy(0.05, 1, any)).toBe(0.055);
    expect(stepBy(400, -1, any)).toBe(390);
  });
});

describe('the slider', () => {
  it('is logarithmic over a wide range', () => {
    expect(toSlider(0.0316227766, 0.001, 1)).toBeCloseTo(0.5, 6);
    expect(fromSlider(0.5, 0.001, 1, any)).toBe(0.032);
    expect(fromSlider(0.5, 0, 1, { ...any, step: 0.05 })).toBe(0.5);
  });
  it('never leaves its range', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
        const value = fromSlider(part, 2, 16, { isInteger: true, isNullable: false });
        expect(value).toBeGreaterThanOrEqual(2);
        expect(value).toBeLessThanOrEqual(16);
      }),
    );
  });
});
