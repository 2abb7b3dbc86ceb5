import { typeFamily } from '../../../shared/wires.ts';

/** What a person typed for a column, as the service takes it. What cannot be read goes as it stands: the service says what is wrong with it. */
export function readCell(text: string, type: string): string | number | boolean | null {
  const clean = text.trim();
  if (clean === '') return null;
  switch (typeFamily(type)) {
    case 'number': {
      const number = Number(clean.replace(',', '.'));
      if (!Number.isFinite(number)) return clean;
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
