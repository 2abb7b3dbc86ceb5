/** A number field that holds something else than what was typed says so. */
import { t } from './t.ts';

export type CorrectionReason = 'not-a-number' | 'not-whole' | 'too-small' | 'too-large' | 'empty' | 'rounded';

export interface CorrectedNumber {
  /** What the setting has from now on. */
  value: number | null;
  /** Why that is not what was typed. */
  why?: CorrectionReason;
}

const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 12 });
/** `20,000`, `0.00000001`. */
export const inFull = (value: number): string => digits.format(value);
const mostLetters = 24;

/** In words beside the field; undefined: what was typed holds. */
export function sayCorrection(text: string, { value, why }: CorrectedNumber): string | undefined {
  if (why === undefined) return undefined;
  const typed = text.trim().length > mostLetters ? `${text.trim().slice(0, mostLetters - 1)}…` : text.trim();
  const held = value === null ? '' : inFull(value);
  const stays = value === null ? t('common.corrected.staysEmpty') : t('common.corrected.stays', { value: held });
  return t(`common.corrected.${why}`, { typed, value: held, stays });
}
