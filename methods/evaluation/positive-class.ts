/** Which of two classes is the positive one, and whether classes are uneven: the one rule for figures, curves, thresholds, calibration and coefficients. */
import { smallest } from '../../shared/append.ts';
import * as z from 'zod';

/** Of two classes, one with a smaller share than this is the rarer one; of more, one with a share that is smaller by as much than an equal one. */
const unevenBelow = 0.4;
const yesWords = new Set(['yes', 'true', '1', 'positive']);

/**
 * The rarer class of the training rows, where it is much rarer; else the one that says yes; else the later one.
 * @param rows training rows of each class; unknown for models from before they were kept, whose later class was the positive one
 * @returns its number; 1 where there are not two classes
 */
export function positiveClass(classes: readonly string[], rows: readonly number[] | undefined): number {
  if (classes.length !== 2 || rows === undefined) return 1;
  const [first = 0, second = 0] = rows;
  if (isUneven([first, second])) return first < second ? 0 : 1;
  const yes = classes.findIndex((label) => yesWords.has(label.trim().toLowerCase()));
  return yes < 0 ? 1 : yes;
}

export function isUneven(rows: readonly number[]): boolean {
  const all = rows.reduce((sum, n) => sum + n, 0);
  return rows.length > 1 && all > 0 && smallest(rows) / all < (2 * unevenBelow) / rows.length;
}

const facts = z.object({ class_rows: z.record(z.string(), z.number()) });

/** What a trainer keeps with its model. */
export const classFacts = (
  classes: readonly string[],
  rows: readonly number[],
): { class_rows: Record<string, number>; positive_class?: string } => ({
  class_rows: Object.fromEntries(classes.map((label, k) => [label, rows[k] ?? 0])),
  ...(classes.length === 2 ? { positive_class: classes[positiveClass(classes, rows)] ?? '' } : {}),
});

/** Training rows of each class, as a model keeps them. */
export function readClassRows(given: unknown, classes: readonly string[]): number[] | undefined {
  const found = facts.safeParse(given).data?.class_rows;
  return found === undefined ? undefined : classes.map((label) => found[label] ?? 0);
}
