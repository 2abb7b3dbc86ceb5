import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';

let shop: Workshop;
const random = randomGenerator(9);
const pick = <T>(from: readonly T[]): T | undefined => from[random.nextBelow(from.length)];
const good = ['good', 'great', 'fine', 'lovely'];
const bad = ['bad', 'poor', 'awful', 'dull'];
const filler = ['the', 'a', 'film', 'was', 'and', 'very'];
/** "not good" is bad: a bag of words cannot know, a window of words can. */
const rows = Array.from({ length: 400 }, (_, i) => {
  const [isGood, isTurned] = [random.nextFloat() < 0.5, random.nextFloat() < 0.5];
  const word = pick(isGood === isTurned ? bad : good) ?? '';
  const around = (): string => Array.from({ length: random.nextBelow(4) }, () => pick(filler)).join(' ');
  const speed = isGood ? 0.5 : 1.4;
  const phase = random.nextFloat() * 6;
  const series = Object.fromEntries(
    Array.from({ length: 16 }, (__, t) => [`t${t}`, Math.sin(phase + t * speed) + random.nextNormal() * 0.2]),
  );
  return {
    i,
    text: `${around()} ${isTurned ? 'not ' : ''}${word} ${around()}`.trim(),
    ...series,
    opinion: isGood ? 'good' : 'bad',
  };
});
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('opinions.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
});
afterAll(() => shop[Symbol.asyncDispose]());

const train = (params: Record<string, unknown>): Promise<FinishedRun> =>
  shop.run(
    {
      read: { kind: 'read.jsonl', params: { file: 'opinions.jsonl' } },
      split: { kind: 'split.rows', params: { target: 'opinion', id: 'i' } },
      train: {
        kind: 'train.sequence-network',
        params: { device: 'cpu', epochs: 25, learningRate: 0.004, batchSize: 32, ...params },
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
const series = { reads: 'series', columns: { by: 'pattern', pattern: 't?*', except: ['text'] } };

describe('a network for sequences', () => {
  it('understands a word by the one before it', async () => {
    const run = await train({ words: 10, layers: { preset: 'convolutional' } });
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.9);
  });

  it('tells slow waves from quick ones', async () => {
    const run = await train({ ...series, layers: { preset: 'convolutional' } });
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.9);
    const model: { features: { name: string }[] } = JSON.parse(await run.text('train', 'model.json'));
    expect(model.features.map((f) => f.name)).toEqual(Array.from({ length: 16 }, (_, t) => `t${t}`));
  });
});

describe('words', () => {
  it.each([
    [
      'a preset of the other reading',
      { ...series, layers: { preset: 'bag' } },
      { code: 'train.other-preset', message: 'The preset "bag" does not read a series.', param: 'layers' },
    ],
    [
      'columns that cannot be shared out',
      { ...series, channels: 5 },
      {
        code: 'train.uneven-channels',
        message: '16 columns cannot be shared out among 5 channels.',
        param: 'channels',
      },
    ],
    [
      'no column of the series',
      { reads: 'series', columns: { by: 'names', names: [] } },
      { code: 'train.no-features', param: 'columns' },
    ],
    [
      'words that occur too seldom',
      { leastOften: 1000 },
      { code: 'train.no-words', param: 'leastOften', column: 'text' },
    ],
    [
      'tokens without an embedding',
      { layers: { layers: [{ layer: 'flatten' }] } },
      { code: 'neural.layer', mend: 'Put Embedding first.' },
    ],
  ])('%s', async (_what, params, problem) => {
    const [found] = (await train(params)).problems;
    expect(found).toMatchObject({ ...problem, node: 'train' });
  });
});
