import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { themes, writeTinyBert, writeTinyEncoder } from '../../../test/support/tiny-encoder.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';

let shop: Workshop;
const random = randomGenerator(4);
const names = ['animals', 'food', 'money', 'weather'];
const wordOf = (theme: number): string => themes[theme]?.[random.nextBelow(6)] ?? '';
/** Some words of one theme among "the" and "a". */
const textOf = (theme: number): string =>
  Array.from(
    { length: 2 + random.nextBelow(4) },
    () => `${random.nextFloat() < 0.5 ? 'the' : 'a'} ${wordOf(theme)}`,
  ).join(' ');
const rows = Array.from({ length: 160 }, (_, i) => {
  const theme = i % 4;
  const other = random.nextFloat() < 0.5 ? theme : random.nextBelow(4);
  return { i, text: textOf(theme), about: names[theme], second: textOf(other), alike: theme === other ? 1 : 0 };
});
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('texts.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  await writeTinyBert(join(shop.folder, 'bert'));
  await writeTinyEncoder(join(shop.folder, 'onnx'));
});
afterAll(() => shop[Symbol.asyncDispose]());

const train = (params: Record<string, unknown>, split: Record<string, unknown> = {}): Promise<FinishedRun> =>
  shop.run(
    {
      read: { kind: 'read.jsonl', params: { file: 'texts.jsonl' } },
      split: { kind: 'split.rows', params: { target: 'about', id: 'i', ...split } },
      train: {
        kind: 'train.encoder',
        params: {
          ...{ encoder: 'bert', column: 'text', device: 'cpu', epochs: 12, learningRate: 0.01, dropout: 0, seed: 3 },
          ...params,
        },
      },
      evaluate: { kind: 'evaluate.model' },
    },
    [
      'read.rows -> split.rows',
      'split.rows -> train.rows',
      'train.model -> evaluate.model',
      'split.rows -> evaluate.rows',
    ],
  );

describe('an encoder that is trained', () => {
  it('tells what texts are about by all its weights, and says how', async () => {
    const run = await train({});
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.9);
    const model: { facts: Record<string, unknown>; features: { name: string }[] } = JSON.parse(
      await run.text('train', 'model.json'),
    );
    expect(model.features.map((f) => f.name)).toEqual(['text']);
    expect(model.facts).toMatchObject({ family: 'bert', tokens: 16, encoder: 'bert' });
  });
  it('tells it by small matrices beside frozen weights', async () => {
    const run = await train({ how: 'lora', rank: 4, learningRate: 0.02 });
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.8);
    const model: { facts: Record<string, unknown> } = JSON.parse(await run.text('train', 'model.json'));
    expect(model.facts).toMatchObject({ rank: 4, alpha: 16 });
  });
  it('learns in folds, one encoder a fold', async () => {
    const run = await train({ epochs: 6 }, { method: 'folds', folds: 2 });
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.7);
  });
  it.each([
    ['squared', 0.35],
    ['contrast', 0.5],
  ])('says how alike two texts are (%s)', async (loss, error) => {
    const run = await train({ learns: 'similarity', second: 'second', loss, batchSize: 8 }, { target: 'alike' });
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['mean_absolute_error']).toBeLessThan(error);
  });
});

describe('words', () => {
  it.each([
    [
      'a folder without weights',
      { encoder: 'onnx' },
      { code: 'encoder.unfit', message: 'There is no safetensors file in "onnx".', param: 'encoder' },
    ],
    ['which of several texts', { column: '' }, { code: 'train.several-texts', param: 'column' }],
    ['a second text that is not chosen', { learns: 'similarity', target: 'alike' }, { param: 'second' }],
  ])('%s', async (_what, params, problem) => {
    const [found] = (await train(params, 'target' in params ? { target: params.target } : {})).problems;
    expect(found).toMatchObject({ ...problem, node: 'train' });
  });
  it('cut texts are counted', async () => {
    const run = await train({ tokens: 6, epochs: 1 });
    expect(run.problems).toEqual([]);
    expect(run.warnings).toMatchObject([
      { code: 'encoder.cut', param: 'tokens', message: expect.stringContaining('longer than 6 tokens') },
    ]);
  });
});
