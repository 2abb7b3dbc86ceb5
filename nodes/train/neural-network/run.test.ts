import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report as reportSchema } from '../../../shared/report.ts';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { toCsv, Workshop, type FinishedRun, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
const random = randomGenerator(3);
const towns = ['here', 'there', 'far'];
const rows = Array.from({ length: 400 }, (_, i) => {
  const [a, b] = [random.nextNormal(), random.nextNormal()];
  const town = random.nextBelow(3);
  return {
    i,
    a: random.nextFloat() < 0.1 ? null : a,
    b,
    town: towns[town] ?? '',
    note: `note ${i}`,
    // Inside a ring, which no straight line finds; the town moves the ring.
    ring: a * a + b * b < 1 + town * 0.5 ? 'inside' : 'outside',
    height: a * a - b + town,
  };
});
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('rings.csv', toCsv(['i', 'a', 'b', 'town', 'note', 'ring', 'height'], rows));
});
afterAll(() => shop[Symbol.asyncDispose]());

const settings = { device: 'cpu', epochs: 60, learningRate: 0.01, batchSize: 32, layers: { preset: 'small' } };
const except = (target: string) => ({ by: 'all', except: ['i', target === 'ring' ? 'height' : 'ring'] });
function train(
  target: string,
  params: Record<string, unknown> = {},
  split: Record<string, unknown> = {},
  more: Record<string, SketchedNode> = {},
): Promise<FinishedRun> {
  return shop.run(
    {
      read: { kind: 'read.csv', params: { file: 'rings.csv' } },
      split: { kind: 'split.rows', params: { target, id: 'i', ...split } },
      train: { kind: 'train.neural-network', params: { ...settings, columns: except(target), ...params } },
      evaluate: { kind: 'evaluate.model' },
      ...more,
    },
    [
      'read.rows -> split.rows',
      'split.rows -> train.rows',
      'train.model -> evaluate.model',
      'split.rows -> evaluate.rows',
    ],
  );
}

describe('a network for tables', () => {
  it('finds what no line finds, takes gaps and categories as they are, and tells each epoch', async () => {
    const run = await train('ring');
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.85);
    const curve = run.events.flatMap((e) =>
      e.type === 'metric' && e.node === 'train' && e.step !== undefined ? [e] : [],
    );
    expect(new Set(curve.map((e) => e.name))).toEqual(
      new Set([
        'training_loss',
        'validation_loss',
        'accuracy',
        'learning_rate',
        'gradient_norm',
        'steps_per_second',
        'memory_bytes',
      ]),
    );
    expect(curve.filter((e) => e.name === 'training_loss').map((e) => e.step)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1),
    );
    expect(run.warnings).toMatchObject([{ code: 'train.text-left-out', column: 'note' }]);
    const report = reportSchema.parse(JSON.parse(await run.text('train', 'report.report.json')));
    expect(report.blocks.map((b) => ('title' in b ? b.title : b.type))).toEqual([
      'Learning curve',
      'Accuracy by epoch',
      'Layers',
      'Confusion matrix on the 32 rows that were watched',
      'Calibration on the 32 rows that were watched',
    ]);
    const model: { facts: Record<string, unknown>; features: { name: string }[] } = JSON.parse(
      await run.text('train', 'model.json'),
    );
    expect(model.features.map((f) => f.name)).toEqual(['a', 'b', 'town']);
    expect(model.facts).toMatchObject({ epochs: 60, watched: 'a tenth of the training rows', provider: 'cpu' });
  });

  it('says so where the texts that it may read are no categories', async () => {
    const run = await train('ring', { columns: { by: 'names', names: ['note'] } });
    expect(run.problems).toMatchObject([
      { code: 'train.no-features', node: 'train', message: expect.stringContaining('"note"') },
    ]);
  });

  it('predicts numbers in their own unit', async () => {
    const run = await train('height');
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']?.['r2']).toBeGreaterThan(0.75);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const weights = async (params: Record<string, unknown>) => {
      const other = await Workshop.open();
      try {
        await other.write('rings.csv', toCsv(['i', 'a', 'b', 'town', 'note', 'ring', 'height'], rows));
        const run = await other.run(
          {
            read: { kind: 'read.csv', params: { file: 'rings.csv' } },
            train: {
              kind: 'train.neural-network',
              params: { ...settings, epochs: 3, target: 'ring', columns: except('ring'), ...params },
            },
          },
          ['read.rows -> train.rows'],
        );
        return run.artifact('train').manifest.files.find((f) => f.path === 'model.weights.bin')?.sha256;
      } finally {
        await other[Symbol.asyncDispose]();
      }
    };
    const [one, two, three] = [await weights({}), await weights({}), await weights({ seed: 2 })];
    expect(one).toBe(two);
    expect(three).not.toBe(one);
  });

  it('stops when nothing is gained any more, and keeps the best', async () => {
    const run = await train('ring', { epochs: 2000, patience: 4 });
    const model: { facts: { epochs: number; best_epoch: number; stopped: string } } = JSON.parse(
      await run.text('train', 'model.json'),
    );
    expect(model.facts).toMatchObject({ stopped: 'the watched loss gained nothing more' });
    expect(model.facts.epochs).toBe(model.facts.best_epoch + 4);
  });

  it('learns in each fold of Split, every row answered by a network that did not see it', async () => {
    const run = await train('ring', { epochs: 20 }, { method: 'folds', folds: 3 });
    expect(run.problems).toEqual([]);
    expect(run.metrics['evaluate']).toMatchObject({ accuracy: expect.any(Number), accuracy_sd: expect.any(Number) });
    expect(
      run.events.filter((e) => e.type === 'metric' && e.name === 'training_loss' && e.variant?.['fold'] !== undefined)
        .length,
    ).toBeGreaterThan(30);
  });
});

describe('what cannot be learnt', () => {
  it.each([
    ['labels with one class', 'ring', {}, `ring = 'inside'`, { code: 'train.one-class', column: 'ring' }],
    [
      'a layer that does not fit',
      'ring',
      { layers: { layers: [{ layer: 'dense', units: 8 }, { layer: 'pool' }] } },
      'true',
      { code: 'neural.layer', param: 'layers', message: expect.stringMatching(/^Layer 2: Pooling takes/) },
    ],
    [
      'a learning rate at which the loss is no number any more',
      'height',
      { learningRate: 10, optimizer: 'sgd', epochs: 40 },
      'true',
      { code: 'neural.diverged' },
    ],
  ])('%s is told in words', async (_what, target, params, condition, problem) => {
    const run = await shop.run(
      {
        read: { kind: 'read.csv', params: { file: 'rings.csv' } },
        filter: { kind: 'clean.filter', params: { expression: condition } },
        train: { kind: 'train.neural-network', params: { ...settings, target, columns: except(target), ...params } },
      },
      ['read.rows -> filter.rows', 'filter.rows -> train.rows'],
    );
    expect(run.problems).toMatchObject([{ ...problem, node: 'train', mend: expect.stringMatching(/\.$/) }]);
  });
});
