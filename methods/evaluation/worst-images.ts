/** The images that a model gets most wrong, to be looked at: what they have in common is often what is missing in the training rows. */
import type { Scored } from '../../shared/capabilities.ts';
import { writeSteps, type ImageValue } from '../../shared/media/image.ts';
import type { ReportBlock } from '../../shared/report.ts';
import type { WorstCases } from '../tasks/model-task.ts';

const most = 24;

export async function worstImages(scored: Scored, worst: WorstCases): Promise<ReportBlock[]> {
  if (scored.images === undefined) return [];
  const { title, cases, say } = worst.find(scored);
  const shown = cases.sort((a, b) => b.badness - a.badness).slice(0, most);
  const images = await scored.images(shown.map((c) => c.row));
  const items = shown.flatMap(({ caption, note, tone }, i) => {
    const image = images[i];
    return image === undefined ? [] : [{ image: named(image), caption, note, tone }];
  });
  return items.length === 0 ? [] : [{ type: 'images', title, items, caption: say(items.length) }];
}

const named = ({ hash, name, width, height, channels, steps }: ImageValue) => ({
  hash,
  name,
  width,
  height,
  channels,
  steps: writeSteps(steps),
});
