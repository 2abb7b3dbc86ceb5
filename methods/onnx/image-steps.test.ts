/** The steps of an image, done by the app and by an exported graph. */
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import type { OnnxColumn } from '../../shared/capabilities.ts';
import type { ImageStep } from '../../shared/image.ts';
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

test.each(cases)('an image %s', async (_what, [channels, height, width], steps) => {
  const values = Float32Array.from(
    { length: channels * height * width },
    (_, i) => Math.abs(Math.sin(i * 12.9898) * 43_758.5453) % 1,
  );
  const wanted = applySteps({ channels, height, width, values }, steps);
  const g = graphBuilder('steps');
  const column: OnnxColumn = {
    value: g.input('image', 'float', ['rows', channels, 'height', 'width']),
    type: 'float',
    image: { channels, height, width },
  };
  const made = addImageSteps(g, column, steps, 'image');
  expect(made.image).toEqual({ channels: wanted.channels, height: wanted.height, width: wanted.width });
  g.output('made', made.value, 'float', ['rows', 'channels', 'height', 'width']);
  const session = await ort.InferenceSession.create(g.toBytes(), { logSeverityLevel: 3 });
  const out = (await session.run({ image: new ort.Tensor('float32', values, [1, channels, height, width]) }))['made'];
  await session.release();
  expect(out?.dims).toEqual([1, wanted.channels, wanted.height, wanted.width]);
  wanted.values.forEach((value, i) => expect(Math.abs(Number(out?.data[i]) - value)).toBeLessThan(2e-6));
});

test('what depends on a size that images do not share is refused in words', () => {
  const g = graphBuilder('steps');
  const column: OnnxColumn = {
    value: g.input('photo', 'float'),
    type: 'float',
    image: { channels: null, height: null, width: null },
  };
  const add = (step: ImageStep) => () => addImageSteps(g, column, [step], 'photo');
  expect(add(resize(8, 8, 'stretch'))).not.toThrow();
  expect(add(resize(8, 8, 'cover'))).toThrow('different sizes');
  expect(add({ do: 'crop', width: 3, height: 3 })).toThrow('different sizes');
  expect(add({ do: 'channels', count: 1, shade: 0 })).toThrow('different channels');
});
