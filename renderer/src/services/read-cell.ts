import { typeFamily } from '../../../shared/wires.ts';
import { parseNumber } from '../controls/number-text.ts';

/** A value as a person would type it; null is left empty. */
export const typedCell = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** What a person typed for a column, as the service takes it. What cannot be read goes as it stands: the service says what is wrong with it. */
export function readCell(text: string, type: string): string | number | boolean | null {
  const clean = text.trim();
  if (clean === '') return null;
  switch (typeFamily(type)) {
    case 'number': {
      const parsed = parseNumber(clean, { isInteger: false, isNullable: false });
      if (!parsed.ok || parsed.value === null) return clean;
      const number = parsed.value;
      return Number.isInteger(number) && !Number.isSafeInteger(number) ? clean : number;
    }
    case 'boolean':
      return /^(true|yes|1)$/i.test(clean) ? true : /^(false|no|0)$/i.test(clean) ? false : clean;
    case 'text':
    case 'time':
    case 'other':
      return text;
  }
}
