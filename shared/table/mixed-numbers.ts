/**
 * Whole numbers beside numbers with a fraction. DuckDB makes the latter of both when they meet (in a comparison, under one another), and from 2^53 on (2^24 for FLOAT) neighbours
 * are one number then, without a word.
 */
import { isInteger } from '../wires.ts';

const exactUpTo: Readonly<Record<string, bigint>> = { DOUBLE: 2n ** 53n, FLOAT: 2n ** 24n };
const bitsOf = (whole: string): number =>
  whole.endsWith('HUGEINT')
    ? 127
    : whole.endsWith('BIGINT')
      ? 63
      : whole.endsWith('SMALLINT')
        ? 15
        : whole.endsWith('TINYINT')
          ? 7
          : 31;

/** From this size on whole numbers of the first type are not told from their neighbours as numbers of the second; undefined: they all are. */
export function confusedFrom(whole: string, fraction: string): bigint | undefined {
  const limit = isInteger(whole) && Object.hasOwn(exactUpTo, fraction) ? exactUpTo[fraction] : undefined;
  return limit === undefined || 2n ** BigInt(bitsOf(whole)) <= limit ? undefined : limit;
}
