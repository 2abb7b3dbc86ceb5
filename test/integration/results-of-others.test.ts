import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reduceRunEvents, startRunState, type NodeRunState } from '../../shared/run/run-state.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../support/workshop.ts';

const rows = Array.from(
  { length: 400 },
  (_, i) =>
    `"${i},5",${i % 97},${(i * 31) % 89},person ${i},${i % 40 === 0 ? '' : (i * 7919) % 97 > 40 ? 'yes' : 'no'}`,
);
const nodes: Record<string, SketchedNode> = {
  file: { kind: 'read.csv', params: { file: 'rows.csv' } },
  split: { kind: 'split.rows', params: { target: 'y' } },
  encode: { kind: 'prepare.encode' },
  model: { kind: 'train.logistic-regression' },
  predict: { kind: 'predict.rows' },
  score: { kind: 'evaluate.classification' },
};
const wires = [
  'file.rows -> split.rows',
  'split.rows -> encode.rows',
  'encode.rows -> model.rows',
  'model.model -> predict.model',
  'encode.rows -> predict.rows',
  'model.model -> score.model',
  'encode.rows -> score.rows',
];
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const open = async (): Promise<Workshop> => {
  const shop = await Workshop.open();
  await shop.write('rows.csv', `price,a,b,name,y\n${rows.join('\n')}\n`);
  return shop;
};

/** What a run has of each node in the end: whoever computed it. */
function had({ events }: FinishedRun): Record<string, unknown> {
  const facts = ({ state, outputs, metrics, warnings, problem }: NodeRunState): unknown => ({
    isThere: state === 'done' || state === 'cached',
    outputs: outputs.map(({ port, wire, key, rows: count }) => [port, wire, key, count]),
    metrics,
    warnings: warnings.map(({ code, message }) => `${code} ${message}`).toSorted(byText),
    problem,
  });
  const state = reduceRunEvents(startRunState('any'), events);
  return Object.fromEntries(
    Object.entries(state.nodes)
      .map(([id, node]) => [id, facts(node)] as const)
      .toSorted(byText),
  );
}
/** Rows that are only asked for, never written, have no outputs in the run that computed them either. */
const whole = (run: FinishedRun): unknown => [run.status, run.metrics, run.problems, had(run)];

it('two equal runs at once both have the metrics, outputs and warnings of every node, whoever computed it', async () => {
  await using shop = await open();
  const [one, other] = await Promise.all([shop.run(nodes, wires), shop.run(nodes, wires)]);
  expect([one.status, other.status]).toEqual(['done', 'done']);
  expect(Object.keys(one.metrics)).toEqual(['score']);
  expect(Object.keys(one.metrics['score'] ?? {}).length).toBeGreaterThan(3);
  expect(one.warnings.map((w) => w.code)).toEqual(
    expect.arrayContaining(['csv.numbers-as-text', 'split.target-missing', 'encode.names']),
  );
  expect(whole(other)).toEqual(whole(one));
  const later = await shop.run(nodes, wires);
  expect([later.metrics, later.warnings.map((w) => w.code).toSorted(byText)]).toEqual([
    one.metrics,
    one.warnings.map((w) => w.code).toSorted(byText),
  ]);
});

it('what another run has stored since this one was planned belongs to it like what it computes', async () => {
  await using before = await open();
  await using shop = await open();
  const alone = await before.run(nodes, wires);
  const run = await shop.run(nodes, wires, (event) => {
    if (event.type !== 'run-planned') return;
    expect(event.cached).toEqual([]);
    cpSync(join(before.folder, '.flowyard', 'store'), join(shop.folder, '.flowyard', 'store'), { recursive: true });
  });
  expect([alone.status, run.status]).toEqual(['done', 'done']);
  expect(run.events.filter((e) => e.type === 'node-finished').map((e) => e.node)).toEqual([]);
  expect(whole(run)).toEqual(whole(alone));
});

it('of two nodes alike in one pipeline both have what one of them computed', async () => {
  await using shop = await open();
  const twins = { ...nodes, again: { kind: 'evaluate.classification' } };
  const run = await shop.run(twins, [...wires, 'model.model -> again.model', 'encode.rows -> again.rows']);
  const { score, again } = had(run);
  expect(run.status).toBe('done');
  expect(run.metrics['again']).toEqual(run.metrics['score']);
  expect(again).toEqual(score);
});

it('what was warned of is told in another pipeline that takes the result from the cache', async () => {
  await using shop = await open();
  const first = await shop.run(nodes, wires);
  const renamed = Object.fromEntries(Object.entries(nodes).map(([id, node]) => [`my-${id}`, node]));
  const elsewhere = await shop.run(
    renamed,
    wires.map((wire) => wire.replaceAll(/(\w+)\.(rows|model)/g, 'my-$1.$2')),
    undefined,
    1,
    { path: join(shop.folder, 'another.pipeline.json') },
  );
  expect([first.status, elsewhere.status]).toEqual(['done', 'done']);
  expect(elsewhere.events.filter((e) => e.type === 'node-started')).toEqual([]);
  expect(elsewhere.warnings.map((w) => [w.node, w.code, w.message]).toSorted(byText)).toEqual(
    first.warnings.map((w) => [`my-${w.node}`, w.code, w.message]).toSorted(byText),
  );
});

it('of a cross-validation, the cache and another run give the same models, metrics and warnings', async () => {
  await using shop = await open();
  const folded = { ...nodes, split: { kind: 'split.rows', params: { target: 'y', method: 'folds', folds: 3 } } };
  const [one, other] = await Promise.all([shop.run(folded, wires), shop.run(folded, wires)]);
  const later = await shop.run(folded, wires);
  const models = ({ events }: FinishedRun): unknown =>
    new Set(
      events.flatMap((e) =>
        (e.type === 'node-finished' || e.type === 'node-cached') &&
        e.node === 'model' &&
        e.variant?.['fold'] === 'refit'
          ? e.outputs.map((o) => o.key)
          : [],
      ),
    );
  expect([other.metrics, later.metrics]).toEqual([one.metrics, one.metrics]);
  expect(Object.keys(one.metrics['score'] ?? {})).toContain('accuracy_sd');
  expect([models(other), models(later)]).toEqual([models(one), models(one)]);
  expect(models(one)).not.toEqual(new Set());
});

it('of two nodes alike that cannot be computed both say so', async () => {
  await using shop = await open();
  const broken: SketchedNode = { kind: 'combine.sql', params: { query: "SELECT error('no ' || a) AS x FROM rows" } };
  const run = await shop.run({ file: nodes['file'] ?? broken, one: broken, other: broken }, [
    'file.rows -> one.rows',
    'file.rows -> other.rows',
  ]);
  expect(run.status).toBe('failed');
  expect(run.problems.map((p) => [p.node, p.message]).toSorted(byText)).toEqual([
    ['one', run.problems[0]?.message],
    ['other', run.problems[0]?.message],
  ]);
});
