import { expect, test } from 'vitest';
import type { Scored } from '../../shared/capabilities.ts';
import { report } from '../../shared/report.ts';
import { loadTask } from '../tasks/load-task.ts';
import { worstImages } from './worst-images.ts';

const image = (row: number) => ({ hash: `h${row}`, name: `${row}.png`, width: 8, height: 8, channels: 1, steps: [] });
const scored = (own: Partial<Scored>): Scored => ({
  rows: 4,
  withoutTarget: 0,
  measuredOn: 'test',
  task: 'classification',
  classes: ['cat', 'dog'],
  unseen: [],
  target: Float64Array.of(0, 1, 1, 0),
  prediction: Float64Array.of(0, 0, 0, 1),
  probabilities: Float64Array.of(0.9, 0.1, 0.6, 0.4, 0.8, 0.2, 0.3, 0.7),
  images: async (rows) => rows.map(image),
  ...own,
});
const worst = async (one: Scored) => {
  const { measured } = await loadTask(one.task);
  if (measured === undefined) throw new Error('nothing to measure');
  return worstImages(one, measured.worst);
};
const shown = async (own: Partial<Scored>) => {
  const [block] = report.parse({ title: 't', blocks: await worst(scored(own)) }).blocks;
  return block?.type === 'images'
    ? {
        title: block.title,
        caption: block.caption,
        items: block.items.map((i) => [i.image.hash, i.caption, i.note, i.tone]),
      }
    : block;
};

test('mistakes are shown, those that the model was surest of first', async () => {
  expect(await shown({})).toEqual({
    title: 'Worst mistakes',
    caption: 'All 3 mistakes, those it was surest of first.',
    items: [
      ['h2', 'dog → cat', '80.0 % sure', 'wrong'],
      ['h3', 'cat → dog', '70.0 % sure', 'wrong'],
      ['h1', 'dog → cat', '60.0 % sure', 'wrong'],
    ],
  });
});

test('where nothing is wrong, what it was least sure of is shown', async () => {
  expect(await shown({ target: Float64Array.of(0, 0, 0, 1) })).toMatchObject({
    title: 'Least sure',
    items: [
      ['h1', 'cat', '60.0 % sure', 'right'],
      ['h3', 'dog', '70.0 % sure', 'right'],
      ['h2', 'cat', '80.0 % sure', 'right'],
      ['h0', 'cat', '90.0 % sure', 'right'],
    ],
  });
});

test('of numbers the largest errors, without rows that have no prediction', async () => {
  expect(
    await shown({
      task: 'regression',
      classes: [],
      target: Float64Array.of(1, 2, 3, 4),
      prediction: Float64Array.of(1.5, NaN, 9, 4),
    }),
  ).toMatchObject({
    title: 'Largest errors',
    items: [
      ['h2', '3 → 9', 'off by 6', 'plain'],
      ['h0', '1 → 1.500', 'off by 0.5000', 'plain'],
      ['h3', '4 → 4', 'off by 0', 'plain'],
    ],
  });
});

test('a class that training never saw is named, a missing image is left out, and rows without images show nothing', async () => {
  expect(
    await shown({
      target: Float64Array.of(2, 0, 0, 1),
      unseen: ['cow'],
      images: async (rows) => rows.map((r) => (r === 0 ? image(r) : undefined)),
    }),
  ).toMatchObject({ items: [['h0', 'cow → cat', '90.0 % sure', 'wrong']] });
  const { images: _images, ...without } = scored({});
  expect(await worst(without)).toEqual([]);
});
