/**
 * Whether the sentences of an answer rest on given sources, by words and, where vectors are given, by meaning. It tells what stands in the sources from what does not; whether a source is right,
 * or is contradicted, it does not know.
 */
import { porterStem } from '../../text/porter-stemmer.ts';
import { plainWords, splitSentences, type Span } from '../../text/text-shape.ts';

export interface GroundedSentence extends Span {
  supported: boolean;
  /** Share of its telling words that stand in the evidence. */
  overlap: number;
  /** Cosine with the nearest sentence of the sources, where vectors are given. */
  similarity: number | null;
  /** Numbers of the sentence that no source has. */
  unknownNumbers: string[];
  /** The sentence of the sources that it rests on most. */
  evidence: { source: number; text: string; start: number; end: number } | null;
}
export interface GroundednessOptions {
  /** Share of a sentence's telling words from which on it is supported. */
  leastOverlap: number;
  leastSimilarity: number;
  /** A unit vector of a sentence. */
  vectorOf?: (sentence: string) => ArrayLike<number> | undefined;
}

/** Words that tell nothing by themselves: English, and in little German, French and Spanish. */
const common = new Set(
  'a an the and or but if then else of in on at by for with from to into out up down over under as is are was were be been being am do does did done has have had having it its this that these those there here he she they we you i him her them us me my your his their our who whom which what when where why how not no yes so than too very can could may might must shall should will would also just only about after before between both each more most other some such own same der die das den dem des ein eine einer eines und oder aber ist sind war waren zu von mit im am für auf le la les un une des et ou est sont de du au el los las una y o es son en del al'.split(
    ' ',
  ),
);

const contentWords = (text: string): string[] =>
  plainWords(text)
    .filter((word) => !common.has(word))
    .map((word) => (/^[a-z]{4,}$/.test(word) ? porterStem(word) : word));
const numbersOf = (text: string): string[] =>
  [...text.matchAll(/\d+(?:[.,:]\d+)*/g)].map((match) => match[0].replaceAll(',', ''));

/** @param sources texts that the answer may rest on */
export function groundSentences(
  answer: string,
  sources: readonly string[],
  options: GroundednessOptions,
): GroundedSentence[] {
  const known = sources.flatMap((text, source) =>
    splitSentences(text).map((span) => ({ ...span, source, words: new Set(contentWords(span.text)) })),
  );
  const allNumbers = new Set(sources.flatMap(numbersOf));
  return splitSentences(answer)
    .filter((span) => contentWords(withoutCitations(span.text)).length > 0)
    .map((span): GroundedSentence => {
      const plain = withoutCitations(span.text);
      const words = [...new Set(contentWords(plain))];
      // What a sentence says may stand in two neighbouring sentences of a source.
      const scored = known.map((one, i) => {
        const next = known[i + 1];
        const both = next?.source === one.source ? new Set([...one.words, ...next.words]) : one.words;
        return { one, alone: shareIn(words, one.words), together: shareIn(words, both) };
      });
      const best = scored.reduce<(typeof scored)[number] | undefined>(
        (top, each) =>
          top === undefined ||
          each.together > top.together ||
          (each.together === top.together && each.alone > top.alone)
            ? each
            : top,
        undefined,
      );
      const near = nearest(
        plain,
        known.map((one) => one.text),
        options.vectorOf,
      );
      const unknownNumbers = numbersOf(plain).filter((number) => !allNumbers.has(number));
      const overlap = best?.together ?? 0;
      const byMeaning = near !== undefined && near.similarity >= options.leastSimilarity;
      const evidence =
        overlap < options.leastOverlap && byMeaning ? known[near.at] : overlap > 0 ? best?.one : undefined;
      return {
        ...span,
        overlap,
        similarity: near?.similarity ?? null,
        unknownNumbers,
        supported: unknownNumbers.length === 0 && (overlap >= options.leastOverlap || byMeaning),
        evidence:
          evidence === undefined
            ? null
            : { source: evidence.source, text: evidence.text, start: evidence.start, end: evidence.end },
      };
    });
}

/** `[1]`, `[2, 3]` and `(source: …)` are no claims. */
const withoutCitations = (text: string): string => text.replace(/\[\d+(?:\s*[,–-]\s*\d+)*\]|\(source:[^)]*\)/gi, ' ');
const shareIn = (words: readonly string[], known: ReadonlySet<string>): number =>
  words.filter((word) => known.has(word)).length / words.length;

function nearest(
  sentence: string,
  known: readonly string[],
  vectorOf: GroundednessOptions['vectorOf'],
): { at: number; similarity: number } | undefined {
  const own = vectorOf?.(sentence);
  if (vectorOf === undefined || own === undefined) return undefined;
  let best: { at: number; similarity: number } | undefined;
  for (const [at, text] of known.entries()) {
    const other = vectorOf(text);
    if (other === undefined) continue;
    let similarity = 0;
    for (let d = 0; d < own.length; d++) similarity += (own[d] ?? 0) * (other[d] ?? 0);
    if (best === undefined || similarity > best.similarity) best = { at, similarity };
  }
  return best;
}

/** The sentences that need vectors: of answers without their citations, and of sources. */
export const sentencesToEncode = (answers: readonly string[], sources: readonly string[]): string[] => [
  ...new Set([
    ...answers.flatMap((text) => splitSentences(text).map((span) => withoutCitations(span.text))),
    ...sources.flatMap((text) => splitSentences(text).map((span) => span.text)),
  ]),
];
