/**
 * BM25 (Robertson and Zaragoza, 2009) as Lucene computes it: idf = ln(1 + (N − df + 0.5) / (df + 0.5)), term frequencies that level off (k1) and are weighed by the length of the
 * text over the mean length (b). Scores are not negative.
 */
import { porterStem } from '../text/porter-stemmer.ts';
import { plainWords } from '../text/text-shape.ts';

export interface Bm25Options {
  k1?: number;
  b?: number;
  /** English word stems: boats finds boat. */
  stem?: boolean;
}
export interface Hit {
  /** Number of the document. */
  at: number;
  score: number;
}
export interface Bm25Index {
  /** The best documents that share a word with the question, best first; equal scores by their number. */
  search: (question: string, most: number) => Hit[];
}

/** Of scripts without spaces, and what stands among it: names and numbers of other scripts. */
const runs =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]+/gu;
const isDense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]/u;

/** Words for searching, however accents and widths are written; of scripts without spaces each two neighbouring characters, so that words of two are found. */
export function searchWords(text: string, stem: boolean): string[] {
  return plainWords(text.normalize('NFKC')).flatMap((word) =>
    (word.match(runs) ?? []).flatMap((run) => {
      const characters = isDense.test(run) ? Array.from(run) : [];
      if (characters.length > 1) return characters.slice(0, -1).map((one, i) => one + (characters[i + 1] ?? ''));
      if (!/[\p{L}\p{N}]/u.test(run)) return [];
      return [stem && run.length > 3 && /^[a-z]+$/.test(run) ? porterStem(run) : run];
    }),
  );
}

export function indexBm25(texts: readonly string[], { k1 = 1.2, b = 0.75, stem = false }: Bm25Options = {}): Bm25Index {
  const lengths = new Float64Array(texts.length);
  const postings = new Map<string, { at: number; times: number }[]>();
  for (const [at, text] of texts.entries()) {
    const counts = new Map<string, number>();
    const words = searchWords(text, stem);
    lengths[at] = words.length;
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, times] of counts) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [{ at, times }]);
      else list.push({ at, times });
    }
  }
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, texts.length);
  return {
    search: (question, most) => {
      const scores = new Map<number, number>();
      for (const word of searchWords(question, stem)) {
        const list = postings.get(word) ?? [];
        const idf = Math.log(1 + (texts.length - list.length + 0.5) / (list.length + 0.5));
        for (const { at, times } of list) {
          const damping = k1 * (1 - b + (b * (lengths[at] ?? 0)) / meanLength);
          scores.set(at, (scores.get(at) ?? 0) + (idf * times * (k1 + 1)) / (times + damping));
        }
      }
      return bestOf(
        [...scores].map(([at, score]) => ({ at, score })),
        most,
      );
    },
  };
}

export const bestOf = (hits: readonly Hit[], most: number): Hit[] =>
  [...hits].sort((a, b) => b.score - a.score || a.at - b.at).slice(0, most);

/** Reciprocal rank fusion (Cormack et al., 2009): each list gives 1 / (60 + rank) to a document. */
export function fuseRanks(lists: readonly (readonly Hit[])[], most: number, constant = 60): Hit[] {
  const scores = new Map<number, number>();
  for (const list of lists)
    for (const [i, { at }] of list.entries()) scores.set(at, (scores.get(at) ?? 0) + 1 / (constant + i + 1));
  return bestOf(
    [...scores].map(([at, score]) => ({ at, score })),
    most,
  );
}
