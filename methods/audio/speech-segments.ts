/**
 * From probabilities of speech to segments, as Silero's `get_speech_timestamps` does: speech begins at a threshold and ends when it stays lower than a second
 * threshold for some time; what is too short is dropped, and the rest gets a little air.
 */
export interface SegmentSettings {
  /** Speech begins from here; it ends below this less 0.15. */
  threshold: number;
  leastSpeechMs: number;
  leastSilenceMs: number;
  padMs: number;
}
export interface SpeechSegment {
  startSeconds: number;
  endSeconds: number;
  /** Mean probability within. */
  confidence: number;
}

/** @param probabilities one for each step of `stepSeconds` */
export function speechSegments(
  probabilities: ArrayLike<number>,
  stepSeconds: number,
  seconds: number,
  { threshold, leastSpeechMs, leastSilenceMs, padMs }: SegmentSettings,
): SpeechSegment[] {
  const found: { from: number; to: number }[] = [];
  const leastSilence = leastSilenceMs / 1000 / stepSeconds;
  let from = -1;
  let silentSince = -1;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i] ?? 0;
    if (p >= threshold) {
      silentSince = -1;
      if (from < 0) from = i;
    } else if (from >= 0 && p < threshold - 0.15) {
      if (silentSince < 0) silentSince = i;
      if (i - silentSince + 1 >= leastSilence) {
        found.push({ from, to: silentSince });
        [from, silentSince] = [-1, -1];
      }
    }
  }
  if (from >= 0) found.push({ from, to: silentSince < 0 ? probabilities.length : silentSince });
  const long = found.filter(({ from: a, to }) => (to - a) * stepSeconds * 1000 >= leastSpeechMs);
  const pad = padMs / 1000;
  return long.map(({ from: a, to }, i) => {
    const before = long[i - 1];
    const after = long[i + 1];
    const room = (gap: number): number => Math.min(pad, gap / 2);
    const start = a * stepSeconds - room(before === undefined ? Infinity : (a - before.to) * stepSeconds);
    const end = to * stepSeconds + room(after === undefined ? Infinity : (after.from - to) * stepSeconds);
    return {
      startSeconds: Math.max(0, start),
      endSeconds: Math.min(seconds, end),
      confidence: mean(probabilities, a, to),
    };
  });
}

function mean(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i] ?? 0;
  return to > from ? sum / (to - from) : 0;
}
