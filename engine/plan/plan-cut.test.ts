import { describe, expect, it } from 'vitest';
import { Workshop, type SketchedNode } from '../../test/support/workshop.ts';
import { decide } from '../run/decide.ts';
import { rootsOf, targetsOf } from '../run/plan-run.ts';
import type { RunRequest } from '../run/run-request.ts';
import { estimatePlaced } from '../run/estimate-placed.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import { buildGraph } from '../graph/graph.ts';
import { chooseCut } from './plan-cut.ts';
import { makePlan } from './plan.ts';
import { FileHashes } from '../sources/sources.ts';

type Nodes = Record<string, SketchedNode>;
const rows = (count: number): string =>
  `g,x,note\n${Array.from({ length: count }, (_, i) => `${i % 7},${i},some words ${i}`).join('\n')}\n`;

async function cutOf(
  shop: Workshop,
  nodes: Nodes,
  wires: string[],
  placed: string[],
  present: (bytes: number) => number = (bytes) => bytes,
) {
  const file = validate({
    flowyard: 1,
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, { kind, params = {} }]) => [id, { kind, params }])),
    wires,
  });
  const request: RunRequest = {
    run: 'cut',
    file,
    path: `${shop.folder}/a.pipeline.json`,
    workspace: shop.folder,
    parameters: {},
    granted: [],
    sweep: [],
    to: null,
    ignoreCache: false,
    deterministic: true,
    threads: 1,
    memoryBytes: 2 ** 29,
    parts: placed,
  };
  const { environment } = shop;
  const graph = buildGraph(file, environment.specs, {});
  const hashes = new FileHashes(environment.store.folder);
  const plan = await makePlan(graph, { loadRun: environment.loadRun, hashes, roots: rootsOf(request, environment) });
  const { compute } = decide(targetsOf(graph, plan, null, placed), environment.store);
  const { sized } = await estimatePlaced(plan, request, environment, compute);
  return chooseCut(sized, ({ bytes }) => present(bytes));
}

const long = { kind: 'read.csv', params: { file: 'long.csv' } };
const sums = { kind: 'combine.aggregate', params: { by: ['g'], aggregates: [{ function: 'sum', column: 'x' }] } };
const sorted = { kind: 'combine.sort', params: { keys: [{ column: 'g' }] } };

describe('the cut of a run with a placed node', () => {
  it('behind what shrinks the rows; before it where the file is there already', async () => {
    await using shop = await Workshop.open();
    await shop.write('long.csv', rows(20_000));
    const nodes = { long, sums, sorted };
    const wires = ['long.rows -> sums.rows', 'sums.rows -> sorted.rows'];
    const cut = await cutOf(shop, nodes, wires, ['sorted']);
    expect(cut).toMatchObject({
      hereFirst: ['sums'],
      there: ['sorted'],
      moves: [
        { node: 'sums', to: 'there', isKnown: false, isFile: false },
        { node: 'sorted', to: 'here' },
      ],
    });
    const present = await cutOf(shop, nodes, wires, ['sorted'], () => 0);
    expect(present).toMatchObject({
      hereFirst: [],
      there: ['long', 'sums', 'sorted'],
      moves: [{ node: 'sorted', to: 'here' }],
    });
  });

  it('a file goes where its rows grow; a stored result is weighed as it is', async () => {
    await using shop = await Workshop.open();
    await shop.write('long.csv', rows(50));
    const more = {
      kind: 'clean.derive',
      params: { columns: Array.from({ length: 40 }, (_, i) => ({ name: `c${i}`, expression: `x * ${i}` })) },
    };
    const nodes: Nodes = { long, more, sorted };
    const wires = ['long.rows -> more.rows', 'more.rows -> sorted.rows'];
    const cut = await cutOf(shop, nodes, wires, ['sorted']);
    expect(cut.moves[0]).toMatchObject({ node: 'long', to: 'there', isKnown: true, isFile: true });
    expect(cut.hereFirst).toEqual([]);
    // Its rows are here now, and smaller than what was read.
    const done = await shop.run({ long, sums }, ['long.rows -> sums.rows']);
    const stored = await cutOf(
      shop,
      { long, sums, sorted },
      ['long.rows -> sums.rows', 'sums.rows -> sorted.rows'],
      ['sorted'],
    );
    expect(stored.hereFirst).toEqual([]);
    expect(stored.moves[0]).toEqual({
      node: 'sums',
      to: 'there',
      bytes: done.artifact('sums').bytes,
      isKnown: true,
      isFile: false,
    });
  });

  it('who reads a fitted node’s rows reads those before it', async () => {
    await using shop = await Workshop.open();
    await shop.write('long.csv', rows(3000));
    const cut = await cutOf(
      shop,
      {
        long,
        split: { kind: 'split.rows', params: { target: 'g' } },
        fill: { kind: 'prepare.impute' },
        model: { kind: 'train.baseline' },
      },
      ['long.rows -> split.rows', 'split.rows -> fill.rows', 'fill.rows -> model.rows'],
      ['model'],
    );
    const sent = cut.moves.filter((move) => move.to === 'there').map((move) => move.node);
    // Either the file, with all that is made of it, or the divided rows with what was learnt from them.
    expect([['long'], ['split', 'fill'], ['split']]).toContainEqual(sent);
  });

  it('folds leave no choice', async () => {
    await using shop = await Workshop.open();
    await shop.write('long.csv', rows(300));
    const nodes: Nodes = {
      long,
      split: { kind: 'split.rows', params: { target: 'g', method: 'folds', folds: 3 } },
      model: { kind: 'train.baseline' },
      measure: { kind: 'evaluate.classification' },
    };
    const wires = [
      'long.rows -> split.rows',
      'split.rows -> model.rows',
      'model.model -> measure.model',
      'split.rows -> measure.rows',
    ];
    expect(await cutOf(shop, nodes, wires, ['model'])).toEqual({ hereFirst: [], there: [], moves: [] });
  });
});
