/**
 * Edits with shifts, as Tercom finds them (Snover et al., 2006) and sacreBLEU follows it: again and again the shift of a block of words that lowers the edit distance
 * most is done, until none does; the number of shifts and the distance that is left are the edits. Limits as there: blocks of at most 10 words, shifted over at most 50,
 * and 1,000 shifts tried.
 */
import { beamedDistance, type Alignment, type BeamedDistance } from './beamed-distance.ts';

const longestBlock = 10;
const farthestShift = 50;
const mostCandidates = 1000;

interface Shift {
  gain: number;
  length: number;
  start: number;
  target: number;
  words: number[];
}
interface Block {
  start: number;
  /** Where the same words stand in the reference. */
  place: number;
  length: number;
}

/** @returns the number of edits that turn `said` into `wanted`; the number of words said where nothing is wanted. */
export function translationEdits(said: readonly string[], wanted: readonly string[]): number {
  if (wanted.length === 0) return said.length;
  const numbers = new Map<string, number>();
  const number = (word: string): number => {
    const known = numbers.get(word) ?? numbers.size;
    numbers.set(word, known);
    return known;
  };
  const reference = wanted.map(number);
  let words = said.map(number);
  const distance = beamedDistance(reference);
  let shifts = 0;
  let tried = 0;
  for (;;) {
    const found = bestShift(words, reference, distance, tried);
    tried = found.tried;
    if (tried >= mostCandidates || found.best === undefined || found.best.gain <= 0) break;
    shifts++;
    words = found.best.words;
  }
  return shifts + distance.of(words);
}

function bestShift(
  words: readonly number[],
  reference: readonly number[],
  distance: BeamedDistance,
  before: number,
): { best: Shift | undefined; tried: number } {
  const now = distance.of(words);
  const alignment = distance.align(words);
  let best: Shift | undefined;
  let tried = before;
  for (const block of sharedBlocks(words, reference)) {
    if (!isWorthShifting(block, alignment)) continue;
    for (const target of targetsOf(block, alignment)) {
      const shifted = shift(words, block, target);
      const candidate = { gain: now - distance.of(shifted), ...block, target, words: shifted };
      tried++;
      if (best === undefined || isBetter(candidate, best)) best = candidate;
    }
    if (tried >= mostCandidates) break;
  }
  return { best, tried };
}

/** Both sides are wrong there, and the block would not move within itself. */
function isWorthShifting({ start, place, length }: Block, { places, wrongSaid, wrongWanted }: Alignment): boolean {
  const isWrong = (wrong: readonly boolean[], from: number): boolean => wrong.slice(from, from + length).some(Boolean);
  const at = places[place] ?? -1;
  return isWrong(wrongSaid, start) && isWrong(wrongWanted, place) && !(start <= at && at < start + length);
}

/** Places before which the block may go: behind what the words before and in its place are aligned with, each once in a row. */
function targetsOf({ place, length }: Block, { places }: Alignment): number[] {
  const targets: number[] = [];
  for (let offset = -1; offset < length; offset++) {
    const at = place + offset === -1 ? -1 : places[place + offset];
    if (at === undefined) break;
    if (targets.at(-1) !== at + 1) targets.push(at + 1);
  }
  return targets;
}

/** More gained; then the longer block, the earlier one, the earlier target. */
function isBetter(a: Shift, b: Shift): boolean {
  if (a.gain !== b.gain) return a.gain > b.gain;
  if (a.length !== b.length) return a.length > b.length;
  return a.start === b.start ? a.target < b.target : a.start < b.start;
}

function shift(words: readonly number[], { start, length }: Block, target: number): number[] {
  const block = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  // Behind the block, a target counts from the words without it; inside the block it moves the block on by as much.
  const at = target < start ? target : target > start + length ? target - length : target;
  return [...rest.slice(0, at), ...block, ...rest.slice(at)];
}

/** Runs of words that both have, at most 50 places apart; each length from one on. */
function* sharedBlocks(words: readonly number[], reference: readonly number[]): Generator<Block> {
  for (let start = 0; start < words.length; start++) {
    const [from, to] = [Math.max(0, start - farthestShift), Math.min(reference.length - 1, start + farthestShift)];
    for (let place = from; place <= to; place++)
      for (
        let length = 1;
        length <= longestBlock &&
        start + length <= words.length &&
        place + length <= reference.length &&
        words[start + length - 1] === reference[place + length - 1];
        length++
      )
        yield { start, place, length };
  }
}
