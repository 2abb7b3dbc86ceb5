import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report as reportSchema } from '../../../shared/report.ts';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
});
afterEach(() => shop[Symbol.asyncDispose]());

/** A bright disc or a bright frame on a dark ground. */
async function draw(path: string, seed: number, { isDisc = true, side = 10, channels = 3 } = {}): Promise<void> {
  const random = randomGenerator(seed);
  const [cx, cy] = [3 + random.nextFloat() * (side - 6), 3 + random.nextFloat() * (side - 6)];
  const pixels = Buffer.alloc(side * side * channels);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const far = Math.hypot(x - cx, y - cy);
      const isLit = isDisc ? far < 2.2 : far > 2 && far < 3.4;
      for (let c = 0; c < channels; c++)
        pixels[(y * side + x) * channels + c] = random.nextBelow(50) + (isLit ? 180 : 0);
    }
  const place = join(shop.folder, path);
  await mkdir(dirname(place), { recursive: true });
  const image = sharp(pixels, { raw: { width: side, height: side, channels: channels === 1 ? 1 : 3 } });
  await (channels === 1 ? image.toColourspace('b-w') : image).png().toFile(place);
}
async function drawAll(count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await draw(`shapes/${i % 2 === 0 ? 'disc' : 'ring'}/${i}.png`, i, { isDisc: i % 2 === 0 });
}
const settings = { device: 'cpu', epochs: 12, learningRate: 0.005, batchSize: 16, layers: { preset: 'small' } };
const train = (params: Record<string, unknown> = {}, more: Record<string, SketchedNode> = {}): Promise<FinishedRun> =>
  shop.run(
    {
      read: { kind: 'read.images', params: { folder: 'shapes' } },
      split: { kind: 'split.rows', params: { target: 'label' } },
      train: { kind: 'train.image-network', params: { ...settings, ...params } },
      ...more,
    },
    [
      'read.rows -> split.rows',
      'split.rows -> train.rows',
      ...(more['evaluate'] === undefined ? [] : ['train.model -> evaluate.model', 'split.rows -> evaluate.rows']),
    ],
  );

describe('a network for images', () => {
  it('tells shapes apart wherever they are, and the evaluation shows pictures', async () => {
    await drawAll(160);
    const run = await train(
      { shift: 0.1, rotate: 20, brightness: 0.1 },
      { evaluate: { kind: 'evaluate.classification' } },
    );
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.8);
    const report = reportSchema.parse(JSON.parse(await run.text('evaluate', 'report.report.json')));
    const pictures = report.blocks.find((b) => b.type === 'images');
    expect(pictures?.type === 'images' ? pictures.items[0] : undefined).toMatchObject({
      image: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), width: 10, height: 10, channels: 3 },
      note: expect.stringMatching(/% sure$/),
    });
    // What a report shows is kept as long as the report.
    expect(run.artifact('evaluate').manifest.files.map((f) => f.path)).toContain('kept-files.txt');
  });

  it('other layers are another result', async () => {
    await drawAll(40);
    const one = await train({ epochs: 1 });
    const two = await train({ epochs: 1, layers: { layers: [{ layer: 'flatten' }] } });
    expect([one.problems, two.problems]).toEqual([[], []]);
    expect(one.artifact('train').key).not.toBe(two.artifact('train').key);
  });
});

describe('words', () => {
  it('an image of another number of channels is named', async () => {
    await drawAll(20);
    await draw('shapes/disc/grey.png', 77, { channels: 1 });
    expect((await train()).problems).toMatchObject([
      {
        code: 'image.shape',
        node: 'train',
        message: expect.stringContaining('"disc/grey.png" is grey'),
        mend: 'Put Prepare images before and choose the channels there.',
      },
    ]);
  });

  it('an image of another size is named, though it comes in another batch', async () => {
    await drawAll(150);
    await draw('shapes/ring/zz.png', 78, { side: 12 });
    const [problem] = (await train()).problems;
    expect(problem).toMatchObject({ code: 'image.shape', mend: expect.stringContaining('Prepare images') });
    expect(problem?.message).toContain('12 × 12');
  });

  it('a layer that does not fit the images is named with its number', async () => {
    await drawAll(20);
    const layers = { layers: [{ layer: 'pool' }, { layer: 'pool', size: 9 }, { layer: 'flatten' }] };
    expect((await train({ layers })).problems).toMatchObject([
      { code: 'neural.layer', message: 'Layer 2: A pool of 9 does not fit into 5.', param: 'layers' },
    ]);
  });

  it('labels of one class, and rows without a column of images', async () => {
    await draw('shapes/disc/a.png', 1);
    await draw('shapes/disc/b.png', 2);
    expect((await train()).problems).toMatchObject([{ code: 'train.one-class', column: 'label' }]);
    const run = await shop.run(
      {
        read: { kind: 'read.example' },
        split: { kind: 'split.rows', params: { target: 'species' } },
        train: { kind: 'train.image-network', params: settings },
      },
      ['read.rows -> split.rows', 'split.rows -> train.rows'],
    );
    expect(run.problems).toMatchObject([{ code: 'image.no-column', node: 'train' }]);
  });
});
