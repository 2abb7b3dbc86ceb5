/** A number field that holds something else than what was typed says so. */
import { t } from './t.ts';

export type WhyHeld = 'not-a-number' | 'not-whole' | 'too-small' | 'too-large' | 'empty' | 'rounded';

export interface HeldNumber {
  /** What the setting has from now on. */
  value: number | null;
  /** Why that is not what was typed. */
  why?: WhyHeld;
}

const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 12 });
/** `20,000`, `0.00000001`. */
export const inFull = (value: number): string => digits.format(value);
const mostLetters = 24;

/** In words beside the field; undefined: what was typed holds. */
export function sayHeld(text: string, { value, why }: HeldNumber): string | undefined {
  if (why === undefined) return undefined;
  const typed = text.trim().length > mostLetters ? `${text.trim().slice(0, mostLetters - 1)}…` : text.trim();
  const held = value === null ? '' : inFull(value);
  const stays = value === null ? t('common.held.staysEmpty') : t('common.held.stays', { held });
  return t(`common.held.${why}`, { typed, held, stays });
}
