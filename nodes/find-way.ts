/**
 * What people look for and no kind does yet, with the nearest way. A kind that comes to do it takes its entry's words over: a test finds an entry whose words
 * a kind has. Queries and formulas are tried by a test.
 */
export interface NearestWay {
  /** As the field calls it, in the middle of a sentence: "There is no … node yet." */
  title: string;
  /** What else it is called, in other tools too. */
  words: readonly string[];
  /** Which kinds come nearest, the best first; empty: none does. */
  kinds: readonly string[];
  /** How, in one or two sentences. */
  how: string;
  /** A query over `rows` that does it, for the SQL node. */
  sql?: string;
  /** An expression over a row that does it, for New columns. */
  formula?: string;
}

export const way = (
  title: string,
  words: string,
  kinds: string,
  how: string,
  more: Pick<NearestWay, 'sql' | 'formula'> = {},
): NearestWay => ({
  title,
  words: words.split(', '),
  kinds: kinds === '' ? [] : kinds.split(' '),
  how,
  ...more,
});
