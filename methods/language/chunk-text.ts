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
  /** Units of what stands between two sentences or words, where that counts too: characters. */
  measureGap?: (text: string) => number;
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
  const gaps = units.map(
    (unit, i) => options.measureGap?.(text.slice(units[i - 1]?.end ?? unit.start, unit.start)) ?? 0,
  );
  const withGap = (i: number): number => (gaps[i] ?? 0) + (sizes[i] ?? 0);
  const chunks: Span[] = [];
  for (let first = 0; first < units.length;) {
    let last = first;
    let size = sizes[first] ?? 0;
    while (last + 1 < units.length && size + withGap(last + 1) <= options.size) size += withGap(++last);
    const [start, end] = [units[first]?.start ?? 0, units[last]?.end ?? 0];
    chunks.push({ text: text.slice(start, end), start, end });
    if (last + 1 >= units.length) break;
    first = nextFirst({ sizes, gaps, first, last }, options);
  }
  return chunks;
}

/** As many units back as the overlap holds and as leave room for the next one; always further than before. */
function nextFirst({ sizes, gaps, first, last }: Filled, { overlap, size }: ChunkOptions): number {
  const following = (gaps[last + 1] ?? 0) + (sizes[last + 1] ?? 0);
  let [next, shared] = [last + 1, 0];
  while (next - 1 > first) {
    const more = shared + (sizes[next - 1] ?? 0) + (next > last ? 0 : (gaps[next] ?? 0));
    if (more > overlap || more + following > size) break;
    shared = more;
    next--;
  }
  return next;
}

/** A piece that is full: its units, with what stands before each. */
interface Filled {
  sizes: readonly number[];
  gaps: readonly number[];
  first: number;
  last: number;
}

/** A unit longer than a piece, in words; a word longer than a piece, in characters. */
function broken(unit: Span, options: ChunkOptions): Span[] {
  if (options.measure(unit.text) <= options.size) return [unit];
  const parts = words(unit.text, unit.start);
  const smaller = parts.length > 1 ? parts : characters(unit.text, unit.start);
  return smaller.length > 1 ? smaller.flatMap((part) => broken(part, options)) : smaller;
}
