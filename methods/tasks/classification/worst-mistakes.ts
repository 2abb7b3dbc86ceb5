import type { Scored } from '../../../shared/capabilities.ts';
import type { WorstCase, WorstCases } from '../model-task.ts';

/** The mistakes that it was surest of, and where there are none the answers that it was least sure of. */
export const worstMistakes: WorstCases = {
  find: (scored) => {
    const cases = mistakesOf(scored);
    if (cases.length === 0)
      return {
        title: 'Least sure',
        cases: leastSure(scored),
        say: (shown) => `No image is named wrongly; these ${shown} it was least sure of.`,
      };
    return {
      title: 'Worst mistakes',
      cases,
      say: (shown) =>
        `${shown === cases.length ? `All ${cases.length}` : `${shown} of ${cases.length.toLocaleString('en')}`} mistakes, those it was surest of first.`,
    };
  },
};

function mistakesOf({ target, prediction, probabilities, classes, unseen, rows }: Scored): WorstCase[] {
  const labels = [...classes.map(String), ...unseen];
  const cases: WorstCase[] = [];
  for (let row = 0; row < rows; row++) {
    const [truth, reported] = [target[row] ?? -1, prediction[row] ?? Number.NaN];
    if (Number.isNaN(reported) || reported === truth) continue;
    const sure = probabilities[row * classes.length + reported] ?? 0;
    cases.push({
      row,
      badness: sure,
      caption: `${labels[truth] ?? '?'} → ${labels[reported] ?? '?'}`,
      note: saySure(sure),
      tone: 'wrong',
    });
  }
  return cases;
}

function leastSure({ prediction, probabilities, classes, rows }: Scored): WorstCase[] {
  const cases: WorstCase[] = [];
  for (let row = 0; row < rows; row++) {
    const reported = prediction[row] ?? Number.NaN;
    if (Number.isNaN(reported)) continue;
    const sure = probabilities[row * classes.length + reported] ?? 0;
    cases.push({
      row,
      badness: 1 - sure,
      caption: String(classes[reported] ?? '?'),
      note: saySure(sure),
      tone: 'right',
    });
  }
  return cases;
}

const saySure = (share: number): string => `${(100 * share).toFixed(share > 0.9995 ? 2 : 1)} % sure`;
