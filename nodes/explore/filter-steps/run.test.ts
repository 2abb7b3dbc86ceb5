import { afterAll, beforeAll, expect, it } from 'vitest';
import { report as reportSchema } from '../../../shared/report.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
});
afterAll(() => shop[Symbol.asyncDispose]());

it('shows the filters, their gradients and what they see, moment by moment', async () => {
  const layers = {
    layers: [{ layer: 'conv2d', filters: 4, activation: 'relu' }, { layer: 'pool' }, { layer: 'flatten' }],
  };
  const params = {
    target: 'label',
    layers,
    epochs: 1,
    batchSize: 256,
    looks: 4,
    optimizer: 'adam',
    learningRate: 0.01,
  };
  const run = await shop.run(
    {
      read: { kind: 'read.images', params: { from: 'digits' } },
      filters: { kind: 'explore.filter-steps', params },
    },
    ['read.rows -> filters.rows'],
  );
  expect(run.problems).toEqual([]);
  const report = reportSchema.parse(JSON.parse(await run.text('filters', 'report.report.json')));
  const frames = report.blocks.find((b) => b.type === 'frames');
  const shapes = frames?.frames.at(-1)?.blocks.map((b) => {
    if (b.type !== 'tiles') throw new Error('tiles are expected');
    return [b.title, b.tiles.map((tile) => `${tile.label} ${tile.rows}×${tile.columns}`).join(', ')];
  });
  expect(shapes).toEqual([
    ['Filters of the first convolution', '1 3×3, 2 3×3, 3 3×3, 4 3×3'],
    ['Their gradients', '1 3×3, 2 3×3, 3 3×3, 4 3×3'],
    ['What they see', 'the image 8×8, 1 8×8, 2 8×8, 3 8×8, 4 8×8'],
  ]);
  expect(frames?.frames.length).toBeGreaterThanOrEqual(3);
});
