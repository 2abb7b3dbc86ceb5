import type { TokenRow } from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';
import { targetCount } from '../decoder/make-batch.ts';

export interface FittedRows {
  readonly rows: readonly TokenRow[];
  /** Rows that lost tokens at their end. */
  readonly cut: number;
  /** Rows of which nothing to learn was left: not trained on, and said so. */
  readonly emptied: number;
  /** Lengths before anything was cut. */
  readonly lengths: readonly number[];
}

/**
 * Rows within a length. One that is too long is refused, or cut at its end: it never vanishes unsaid.
 *
 * @throws `finetune.too-long`, `finetune.nothing-left`
 */
export function fitRows(
  rows: readonly TokenRow[],
  most: number,
  tooLong: 'refuse' | 'cut',
  names: readonly string[] = [],
): FittedRows {
  const lengths = rows.map(({ ids }) => ids.length);
  const long = lengths.filter((length) => length > most).length;
  const longest = lengths.reduce((sofar, length) => Math.max(sofar, length), 0);
  const name = names[lengths.indexOf(longest)];
  if (long > 0 && tooLong === 'refuse')
    throw fail('finetune.too-long', {
      message: `${long} of ${rows.length} rows have more than ${most} tokens; the longest has ${longest}${name === undefined ? '' : `: ${name}`}.`,
      mend: 'Allow more tokens in a row, let long rows be cut, or split them before.',
      param: 'maxLength',
      facts: { rows: long, longest, allowed: most },
    });
  const fitted = rows.map(({ ids, trained }) =>
    ids.length > most ? { ids: ids.slice(0, most), trained: trained.slice(0, most) } : { ids, trained },
  );
  const kept = fitted.filter((row) => targetCount(row) > 0);
  if (kept.length === 0)
    throw fail('finetune.nothing-left', {
      message: 'No row has a token to learn.',
      mend:
        long > 0
          ? 'Allow more tokens in a row: the answers are cut away.'
          : 'Check the columns: the answers are empty.',
    });
  return { rows: kept, cut: long, emptied: fitted.length - kept.length, lengths };
}
