/** The steps of an image, done by the app and by an exported graph. */
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import type { OnnxColumn } from '../../shared/capabilities.ts';
import type { ImageStep } from '../../shared/media/image.ts';
import { applySteps } from '../images/apply-steps.ts';
import { graphBuilder } from './graph-builder.ts';
import { addImageSteps } from './image-steps.ts';

const resize = (width: number, height: number, fit: 'cover' | 'contain' | 'stretch'): ImageStep => ({
  do: 'resize',
  width,
  height,
  fit,
  shade: 0.25,
});
type Shape = [channels: number, height: number, width: number];
const cases: [string, Shape, ImageStep[]][] = [
  ['shrinks by stretching', [3, 19, 17], [resize(12, 12, 'stretch')]],
  ['grows by stretching', [1, 8, 9], [resize(20, 31, 'stretch')]],
  ['shrinks one way and grows the other', [1, 30, 5], [resize(9, 7, 'stretch')]],
  ['covers a frame', [1, 30, 21], [resize(12, 10, 'cover')]],
  ['is contained in a frame', [3, 30, 21], [resize(12, 10, 'contain')]],
  ['keeps its middle', [1, 11, 12], [{ do: 'crop', width: 5, height: 40 }]],
  ['becomes grey', [3, 5, 4], [{ do: 'channels', count: 1, shade: 0 }]],
  [
    'becomes coloured and is normalised',
    [1, 5, 4],
    [
      { do: 'channels', count: 3, shade: 0 },
      { do: 'normalise', mean: [0.1, 0.2, 0.3], sd: [2, 0.5, 1] },
    ],
  ],
  ['loses its transparency', [4, 6, 5], [{ do: 'channels', count: 3, shade: 0.75 }]],
  ['loses its transparency and becomes grey', [4, 6, 5], [{ do: 'channels', count: 1, shade: 0.75 }]],
  ['is grey, loses its transparency and becomes coloured', [2, 6, 5], [{ do: 'channels', count: 3, shade: 0.25 }]],
  ['of one pixel is contained in a frame', [3, 1, 1], [resize(4, 6, 'contain')]],
  ['is much wider than its frame', [1, 1, 300], [resize(12, 10, 'contain')]],
  [
    'goes through all of it',
    [3, 25, 24],
    [
      { do: 'crop', width: 20, height: 22 },
      { do: 'channels', count: 1, shade: 0 },
      resize(8, 8, 'cover'),
      { do: 'normalise', mean: [0.4], sd: [0.2] },
    ],
  ],
];

/** Known before, as where all training images share it, or read off each image. */
const forms: [string, readonly (keyof NonNullable<OnnxColumn['image']>)[]][] = [
  ['of known shape', []],
  ['of any size', ['height', 'width']],
  ['of any size and channels', ['channels', 'height', 'width']],
];
const all = forms.flatMap(([form, unknown]) => cases.map(([what, ...rest]) => [form, what, unknown, ...rest] as const));

test.each(all)('an image %s %s', async (_form, _what, unknown, shape, steps) => {
  const [channels, height, width] = shape;
  const values = Float32Array.from(
    { length: channels * height * width },
    (_, i) => Math.abs(Math.sin(i * 12.9898) * 43_758.5453) % 1,
  );
  const wanted = applySteps({ channels, height, width, values }, steps);
  const g = graphBuilder('steps');
  const before = { channels, height, width, ...Object.fromEntries(unknown.map((key) => [key, null])) };
  const column: OnnxColumn = {
    value: g.input('image', 'float', ['rows', before.channels ?? 'channels', 'height', 'width']),
    type: 'float',
    image: before,
  };
  const made = addImageSteps(g, column, steps, 'image');
  const after = { channels: wanted.channels, height: wanted.height, width: wanted.width };
  for (const key of ['channels', 'height', 'width'] as const)
    expect([after[key], before[key] === null ? null : after[key]]).toContain(made.image?.[key]);
  g.output('made', made.value, 'float', ['rows', 'channels', 'height', 'width']);
  const session = await ort.InferenceSession.create(g.toBytes(), { logSeverityLevel: 3 });
  const two = new Float32Array([...values, ...values]);
  const out = (await session.run({ image: new ort.Tensor('float32', two, [2, channels, height, width]) }))['made'];
  await session.release();
  expect(out?.dims).toEqual([2, wanted.channels, wanted.height, wanted.width]);
  for (const row of [0, 1])
    wanted.values.forEach((value, i) =>
      expect(Math.abs(Number(out?.data[row * wanted.values.length + i]) - value)).toBeLessThan(2e-6),
    );
});

test('a column that is no image any more is refused in words', () => {
  const g = graphBuilder('steps');
  const column: OnnxColumn = { value: g.input('photo', 'double'), type: 'double' };
  expect(() => addImageSteps(g, column, [resize(8, 8, 'stretch')], 'photo')).toThrow('"photo" is no column of images');
});
