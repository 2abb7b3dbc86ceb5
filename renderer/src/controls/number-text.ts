import type { CorrectedNumber } from '../text/corrected-number.ts';

/** Numbers as people type and read them in a field. */
export interface NumberRules {
  isInteger: boolean;
  isNullable: boolean;
  min?: number | undefined;
  max?: number | undefined;
  step?: number | undefined;
}

export type ParsedNumber =
  | { ok: true; value: number | null }
  | { ok: false; why: 'not-a-number' | 'not-whole' | 'too-small' | 'too-large' | 'empty' };

/** A comma before at most two other digits groups is read as a decimal point where it cannot be a thousands mark: "0,5" is a half. */
export function parseNumber(text: string, rules: NumberRules): ParsedNumber {
  const clean = text
    .trim()
    .replaceAll(/[\s_’']/g, '')
    .replace('−', '-');
  if (clean === '') return rules.isNullable ? { ok: true, value: null } : { ok: false, why: 'empty' };
  const plain = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(clean) ? clean.replaceAll(',', '') : clean.replace(',', '.');
  const isPercent = plain.endsWith('%');
  const value = Number(isPercent ? plain.slice(0, -1) : plain);
  if (!Number.isFinite(value)) return { ok: false, why: 'not-a-number' };
  const number = isPercent ? round(value / 100) : value;
  if (rules.isInteger && !Number.isInteger(number)) return { ok: false, why: 'not-whole' };
  if (rules.min !== undefined && number < rules.min) return { ok: false, why: 'too-small' };
  if (rules.max !== undefined && number > rules.max) return { ok: false, why: 'too-large' };
  return { ok: true, value: number };
}

/** What a setting holds for what was typed: beyond a bound it is the bound, and what is no number leaves what it had `before` the typing. */
export function correctNumber(text: string, rules: NumberRules, before: number | null): CorrectedNumber {
  const parsed = parseNumber(text, rules);
  if (parsed.ok) return { value: parsed.value };
  const bound = parsed.why === 'too-large' ? rules.max : parsed.why === 'too-small' ? rules.min : undefined;
  return { value: bound ?? before, why: parsed.why };
}

/** The step of the buttons and arrow keys: declared, else 1 for whole numbers, else a tenth of the value's size. */
export function stepOf(value: number, rules: NumberRules): number {
  if (rules.step !== undefined) return rules.step;
  if (rules.isInteger) return 1;
  const size = Math.abs(value);
  return size === 0 ? 0.1 : 10 ** (Math.floor(Math.log10(size) + 1e-9) - (size >= 1 ? 1 : 0)) / (size < 1 ? 2 : 1);
}

/** One step up or down, held within the limits, without the dust of binary fractions. */
export function stepBy(value: number, steps: number, rules: NumberRules): number {
  const next = round(value + steps * stepOf(value, rules));
  return Math.min(rules.max ?? Infinity, Math.max(rules.min ?? -Infinity, next));
}

export const round = (value: number): number => Number(value.toPrecision(12));

/** Where the value stands on a slider of 0 to 1. A range over more than two decades is logarithmic: a learning rate lives at its lower end. */
export function toSlider(value: number, min: number, max: number): number {
  if (max <= min) return 0;
  const part = isLogarithmic(min, max) ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.min(1, Math.max(0, part));
}

export function fromSlider(part: number, min: number, max: number, rules: NumberRules): number {
  const raw = isLogarithmic(min, max) ? min * (max / min) ** part : min + part * (max - min);
  if (rules.isInteger) return Math.round(raw);
  if (rules.step !== undefined)
    return round(Math.min(max, Math.max(min, min + Math.round((raw - min) / rules.step) * rules.step)));
  return Number(raw.toPrecision(2));
}
const isLogarithmic = (min: number, max: number): boolean => min > 0 && max / min > 100;
