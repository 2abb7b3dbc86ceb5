/** The images that a model gets most wrong, to be looked at: what they have in common is often what is missing in the training rows. */
import type { Scored } from '../../shared/capabilities.ts';
import { writeSteps, type ImageValue } from '../../shared/media/image.ts';
import type { ReportBlock } from '../../shared/report.ts';

const most = 24;

interface Case {
  row: number;
  /** Larger is worse. */
  badness: number;
  caption: string;
  note: string;
  tone: 'right' | 'wrong' | 'plain';
}

/** Of classes the mistakes that the model was surest of, and where there are none the answers it was least sure of; of numbers the largest errors. */
export async function worstImages(scored: Scored): Promise<ReportBlock[]> {
  if (scored.images === undefined) return [];
  const cases = scored.task === 'regression' ? errorsOf(scored) : mistakesOf(scored);
  const mistakes = cases.filter((c) => c.tone === 'wrong').length;
  const isAllRight = scored.task === 'classification' && mistakes === 0;
  const shown = (isAllRight ? leastSure(scored) : cases).sort((a, b) => b.badness - a.badness).slice(0, most);
  const images = await scored.images(shown.map((c) => c.row));
  const items = shown.flatMap(({ caption, note, tone }, i) => {
    const image = images[i];
    return image === undefined ? [] : [{ image: named(image), caption, note, tone }];
  });
  if (items.length === 0) return [];
  return [
    {
      type: 'images',
      title: isAllRight ? 'Least sure' : scored.task === 'regression' ? 'Largest errors' : 'Worst mistakes',
      items,
      caption: isAllRight
        ? `No image is named wrongly; these ${items.length} it was least sure of.`
        : scored.task === 'regression'
          ? `The ${items.length} images whose number is furthest off.`
          : `${items.length === mistakes ? `All ${mistakes}` : `${items.length} of ${mistakes.toLocaleString('en')}`} mistakes, those it was surest of first.`,
    },
  ];
}

function mistakesOf({ target, prediction, probabilities, classes, unseen, rows }: Scored): Case[] {
  const labels = [...classes.map(String), ...unseen];
  const cases: Case[] = [];
  for (let row = 0; row < rows; row++) {
    const [truth, told] = [target[row] ?? -1, prediction[row] ?? Number.NaN];
    if (Number.isNaN(told) || told === truth) continue;
    const sure = probabilities[row * classes.length + told] ?? 0;
    cases.push({
      row,
      badness: sure,
      caption: `${labels[truth] ?? '?'} → ${labels[told] ?? '?'}`,
      note: saySure(sure),
      tone: 'wrong',
    });
  }
  return cases;
}

function leastSure({ prediction, probabilities, classes, rows }: Scored): Case[] {
  const cases: Case[] = [];
  for (let row = 0; row < rows; row++) {
    const told = prediction[row] ?? Number.NaN;
    if (Number.isNaN(told)) continue;
    const sure = probabilities[row * classes.length + told] ?? 0;
    cases.push({ row, badness: 1 - sure, caption: String(classes[told] ?? '?'), note: saySure(sure), tone: 'right' });
  }
  return cases;
}

function errorsOf({ target, prediction, rows }: Scored): Case[] {
  const cases: Case[] = [];
  for (let row = 0; row < rows; row++) {
    const [truth, told] = [target[row] ?? Number.NaN, prediction[row] ?? Number.NaN];
    const error = Math.abs(told - truth);
    if (Number.isFinite(error))
      cases.push({
        row,
        badness: error,
        caption: `${say(truth)} → ${say(told)}`,
        note: `off by ${say(error)}`,
        tone: 'plain',
      });
  }
  return cases;
}

const saySure = (share: number): string => `${(100 * share).toFixed(share > 0.9995 ? 2 : 1)} % sure`;
const say = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(4));

const named = ({ hash, name, width, height, channels, steps }: ImageValue) => ({
  hash,
  name,
  width,
  height,
  channels,
  steps: writeSteps(steps),
});
