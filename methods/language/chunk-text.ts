/** Texts in pieces that overlap, cut between sentences where they can be. */
import { splitSentences, type Span } from '../text/text-shape.ts';

export interface ChunkOptions {
  /** Most of one piece, in the units that `measure` counts. */
  size: number;
  /** What a piece shares with the one before, at most. */
  overlap: number;
  /** Sentences are cut only where one alone is longer than a piece. */
  wholeSentences: boolean;
  /** Units of a stretch of text: words, characters, tokens. */
  measure: (text: string) => number;
}

const words = (text: string, from = 0): Span[] =>
  [...text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    start: from + match.index,
    end: from + match.index + match[0].length,
  }));
const characters = (text: string, from: number): Span[] => {
  const spans: Span[] = [];
  for (let at = 0; at < text.length;) {
    const one = String.fromCodePoint(text.codePointAt(at) ?? 0);
    spans.push({ text: one, start: from + at, end: from + at + one.length });
    at += one.length;
  }
  return spans;
};

/** Pieces with their places: `text.slice(start, end)` is the piece. None for a text of nothing but space. */
export function chunkText(text: string, options: ChunkOptions): Span[] {
  const units = (options.wholeSentences ? splitSentences(text) : words(text)).flatMap((unit) => broken(unit, options));
  const sizes = units.map((unit) => options.measure(unit.text));
  const chunks: Span[] = [];
  for (let first = 0; first < units.length;) {
    let last = first;
    let size = sizes[first] ?? 0;
    while (last + 1 < units.length && size + (sizes[last + 1] ?? 0) <= options.size) size += sizes[++last] ?? 0;
    const [start, end] = [units[first]?.start ?? 0, units[last]?.end ?? 0];
    chunks.push({ text: text.slice(start, end), start, end });
    if (last + 1 >= units.length) break;
    first = nextFirst(sizes, first, last, options);
  }
  return chunks;
}

/** As many units back as the overlap holds and as leave room for the next one; always further than before. */
function nextFirst(sizes: readonly number[], first: number, last: number, { overlap, size }: ChunkOptions): number {
  let next = last + 1;
  let shared = 0;
  const following = sizes[last + 1] ?? 0;
  while (
    next - 1 > first &&
    shared + (sizes[next - 1] ?? 0) <= overlap &&
    shared + (sizes[next - 1] ?? 0) + following <= size
  )
    shared += sizes[--next] ?? 0;
  return next;
}

/** A unit longer than a piece, in words; a word longer than a piece, in characters. */
function broken(unit: Span, options: ChunkOptions): Span[] {
  if (options.measure(unit.text) <= options.size) return [unit];
  const parts = words(unit.text, unit.start);
  const smaller = parts.length > 1 ? parts : characters(unit.text, unit.start);
  return smaller.length > 1 ? smaller.flatMap((part) => broken(part, options)) : smaller;
}
