/** Which of some labels a generated answer means. */
import { sameText } from './near-duplicates.ts';

export type LabelRule = 'exact' | 'begins' | 'mentions';

const bare = (text: string): string =>
  sameText(text).replace(/^[\s"'“”‘’«»*_`([{<#-]+|[\s"'“”‘’«»*_`)\]}>.,;:!?-]+$/gu, '');
const quoted = (label: string): string => label.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/**
 * `exact`: the answer is the label, case, quotes and marks around it aside. `begins`: it begins with it, as a word. `mentions`: it stands anywhere as a word, and no other label does (a
 * label within a longer one, as "positive" in "not positive", is not counted beside it).
 * @returns the number of the label, or undefined where none or several fit.
 */
export function findLabel(answer: string, labels: readonly string[], rule: LabelRule): number | undefined {
  const said = bare(answer);
  const wanted = labels.map(bare);
  const same = wanted.indexOf(said);
  if (same >= 0 || rule === 'exact') return same < 0 ? undefined : same;
  const at = (label: string, from: '^' | ''): RegExpExecArray | null =>
    label === ''
      ? null
      : new RegExp(
          String.raw`${from === '^' ? '^' : String.raw`(?<![\p{L}\p{N}])`}${quoted(label)}(?![\p{L}\p{N}])`,
          'u',
        ).exec(said);
  const found = wanted.flatMap((label, i) => {
    const match = at(label, rule === 'begins' ? '^' : '');
    return match === null ? [] : [{ i, start: match.index, end: match.index + label.length }];
  });
  const own = found.filter(
    (one) =>
      !found.some(
        (other) =>
          other !== one &&
          other.start <= one.start &&
          other.end >= one.end &&
          other.end - other.start > one.end - one.start,
      ),
  );
  return own.length === 1 ? own[0]?.i : undefined;
}
