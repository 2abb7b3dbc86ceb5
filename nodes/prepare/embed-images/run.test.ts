/** A tiny encoder of our own: the mean shade of each channel, or of each place. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graphBuilder } from '../../../methods/onnx/graph-builder.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await mkdir(join(shop.folder, 'photos'));
  for (const [name, r, width] of [
    ['a', 255, 4],
    ['b', 51, 4],
    ['c', 255, 4],
  ] as const)
    await sharp({ create: { width, height: 4, channels: 3, background: { r, g: 0, b: 102 } } })
      .png()
      .toFile(join(shop.folder, 'photos', `${name}.png`));
});
afterEach(() => shop[Symbol.asyncDispose]());

async function writeEncoder(name: string, side: number | string = 4): Promise<void> {
  const g = graphBuilder('means');
  const x = g.input('pixels', 'float', ['n', 3, side, side]);
  const [means = ''] = g.node('ReduceMean', [x, g.constant('int64', [2], [2, 3])], { keepdims: 0 });
  g.output('features', means, 'float', ['n', 3]);
  g.output('places', x, 'float', ['n', 3, side, side]);
  await writeFile(join(shop.folder, name), g.toBytes());
}
const nodes = (
  params: Record<string, unknown> = {},
  prepare: Record<string, unknown> = {},
): Record<string, SketchedNode> => ({
  images: { kind: 'read.images', params: { folder: 'photos', labels: 'none' } },
  prepare: { kind: 'prepare.images', params: { channels: 'colour', ...prepare } },
  embed: { kind: 'prepare.embed-images', params: { encoder: 'means.onnx', ...params } },
});
const embed = (params?: Record<string, unknown>, prepare?: Record<string, unknown>): Promise<FinishedRun> =>
  shop.run(nodes(params, prepare), ['images.rows -> prepare.rows', 'prepare.rows -> embed.rows']);

describe('an encoder', () => {
  it('adds its numbers to each row, whatever way they are pooled', async () => {
    await writeEncoder('means.onnx');
    for (const params of [{}, { output: 'places', pool: 'mean' }]) {
      const rows = await (await embed(params)).rows('embed', 'path');
      expect(rows.map((r) => [r['path'], r['embedding_1'], r['embedding_2'], r['embedding_3']])).toEqual([
        ['a.png', 1, 0, expect.closeTo(0.4, 6)],
        ['b.png', expect.closeTo(0.2, 6), 0, expect.closeTo(0.4, 6)],
        ['c.png', 1, 0, expect.closeTo(0.4, 6)],
      ]);
    }
    expect(
      Object.keys((await (await embed({ output: 'places', pool: 'first', name: 'e' })).rows('embed', 'path'))[0] ?? {}),
    ).toEqual(['path', 'image', 'width', 'height', 'channels', 'bytes', 'e_1', 'e_2', 'e_3']);
  });

  it('leaves a row without numbers where its image became unreadable, tells it, and fails where none is left', async () => {
    await writeEncoder('means.onnx');
    const { images } = nodes();
    const read = await (await shop.run({ ...(images && { images }) }, [])).rows('images', 'path');
    const spoil = async (name: string): Promise<void> => {
      const image = String(read.find((row) => row['path'] === name)?.['image']);
      const hash = /([0-9a-f]{64})/.exec(image)?.[1] ?? '';
      await writeFile(join(shop.folder, '.flowyard', 'files', hash.slice(0, 2), hash), 'no image any more');
    };
    await spoil('b.png');
    const run = await embed();
    expect((await run.rows('embed', 'path')).map((row) => row['embedding_1'])).toEqual([1, null, 1]);
    expect(run.warnings).toMatchObject([
      { code: 'rows.failed', message: expect.stringMatching(/^1 of 3 rows failed: The image "b.png"/) },
    ]);
    expect((await embed({ failShare: 0.3 })).problems).toMatchObject([{ code: 'rows.failed' }]);
    await spoil('a.png');
    expect((await embed({ name: 'again' })).problems).toMatchObject([
      { code: 'rows.failed', message: expect.stringMatching(/^All 3 rows failed: /) },
    ]);
  });

  it('keeps the marks of Split, and a trainer learns from the numbers', async () => {
    await writeEncoder('means.onnx');
    const run = await shop.run(
      {
        ...nodes(),
        label: { kind: 'clean.derive', params: { columns: [{ name: 'red', expression: "path <> 'b.png'" }] } },
        split: { kind: 'split.rows', params: { target: 'red', testFraction: 0 } },
        train: {
          kind: 'train.baseline',
          params: { strategy: 'constant', columns: { by: 'pattern', pattern: 'embedding_*' } },
        },
      },
      [
        'images.rows -> label.rows',
        'label.rows -> split.rows',
        'split.rows -> prepare.rows',
        'prepare.rows -> embed.rows',
        'embed.rows -> train.rows',
      ],
    );
    expect([run.status, run.problems]).toEqual(['done', []]);
    expect((await run.rows('embed', '__row')).map((r) => r['__partition'])).toEqual(['train', 'train', 'train']);
  });

  it('runs again for other bytes, not for another name', async () => {
    await writeEncoder('means.onnx');
    await writeEncoder('same.onnx');
    await writeEncoder('other.onnx', 'side');
    const key = async (encoder: string): Promise<string> => (await embed({ encoder })).artifact('embed').key;
    const first = await key('means.onnx');
    expect([await key('same.onnx'), await key('other.onnx')]).toEqual([first, expect.not.stringContaining(first)]);
  });
});

describe('words', () => {
  it('name the image that does not fit, the output that is not there, and a file that is no encoder', async () => {
    await writeEncoder('means.onnx');
    const problem = async (...settings: Parameters<typeof embed>) => (await embed(...settings)).problems[0];
    expect(await problem({}, { channels: 'grey' })).toMatchObject({
      code: 'encoder.shape',
      message: 'The encoder takes images with 3 channels; "a.png" is grey.',
    });
    expect(await problem({}, { fit: 'stretch', width: 5, height: 5 })).toMatchObject({
      code: 'encoder.shape',
      message: 'The encoder takes 4 × 4 pixels; "a.png" has 5 × 5.',
      mend: expect.stringContaining('Prepare images'),
    });
    expect(await problem({ output: 'nothing' })).toMatchObject({ mend: 'It has features, places.' });
    await writeFile(join(shop.folder, 'text.onnx'), 'hello');
    expect(await problem({ encoder: 'text.onnx' })).toMatchObject({
      code: 'encoder.unfit',
      mend: 'Choose an ONNX file.',
    });
    expect(await problem({ encoder: 'gone.onnx' })).toMatchObject({ code: 'file.missing', param: 'encoder' });
    const flat = graphBuilder('flat');
    flat.output('y', flat.input('x', 'float', ['n', 3]), 'float', ['n', 3]);
    await writeFile(join(shop.folder, 'flat.onnx'), flat.toBytes());
    expect(await problem({ encoder: 'flat.onnx' })).toMatchObject({
      message: expect.stringContaining('does not take one batch of images'),
    });
  });
});
