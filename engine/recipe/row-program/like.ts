import { NotCovered } from './value.ts';

/** LIKE by a pattern that stands in the formula: `%` is any text, `_` one code point. Without a search that goes back over the text for each `%`. */
export function likePattern(pattern: string): (text: string) => boolean {
  if (pattern.includes('\\')) throw new NotCovered('LIKE with a backslash');
  const parts = pattern.split('%').map((part) => Array.from(part));
  const [first = [], ...later] = parts;
  const last = later.pop();
  const fits = (points: readonly string[], at: number, part: readonly string[]): boolean =>
    part.every((one, i) => at + i < points.length && (one === '_' || one === points[at + i]));
  return (text) => {
    const points = Array.from(text);
    if (!fits(points, 0, first)) return false;
    if (last === undefined) return points.length === first.length;
    let at = first.length;
    const end = points.length - last.length;
    for (const part of later) {
      while (at + part.length <= end && !fits(points, at, part)) at++;
      if (at + part.length > end) return false;
      at += part.length;
    }
    return end >= at && fits(points, end, last);
  };
}
