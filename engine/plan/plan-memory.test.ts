import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPreviewParts } from '../../cli/run-environment.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { checkPipeline } from '../preview/check-pipeline.ts';
import { Planner } from '../preview/planner.ts';
import { openPreviewStore } from '../preview/scratch-store.ts';
import { Workshop } from '../../test/support/workshop.ts';
import { buildGraph, GraphMemory } from '../graph/graph.ts';
import type { Specs } from '../graph/specs.ts';
import { makePlan, type Plan } from './plan.ts';
import { FileHashes } from '../sources/sources.ts';

const kinds = [
  { kind: 'clean.filter', params: { expression: 'body_mass_g > 4000' } },
  { kind: 'clean.filter', params: { expression: 'body_mass_g > 4000' }, title: 'Heavy ones' },
  { kind: 'clean.filter', params: { expression: 'body_mass_g > 5000' } },
  { kind: 'clean.filter', params: { expression: 'body_mass_g > 5000' }, disabled: true },
  { kind: 'clean.select', params: { action: 7 } },
  { kind: 'no.such-kind', params: {} },
  { kind: 'combine.append', params: {} },
  { kind: 'split.rows', params: { method: 'folds', target: 'species' } },
  { kind: 'train.logistic-regression', params: {} },
  { kind: 'evaluate.classification', params: {} },
];
const ports: Readonly<Record<string, { in: string; out: string }>> = {
  'combine.append': { in: 'tables', out: 'rows' },
  'train.logistic-regression': { in: 'rows', out: 'model' },
  'evaluate.classification': { in: 'model', out: 'report' },
};

/** Up to eight nodes behind the penguins, each wired to one before it, or in a circle to the last. */
const drawn = fc
  .array(
    fc.record({ choice: fc.nat({ max: kinds.length - 1 }), from: fc.nat({ max: 8 }), circle: fc.nat({ max: 12 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((all): PipelineFile => {
    const id = (i: number): string => (i === 0 ? 'read' : `n${i}`);
    const wires = all.map(({ choice, from, circle }, i) => {
      const source = circle === 0 ? all.length : from % (i + 1);
      const [to, out] = [ports[kinds[choice]?.kind ?? ''], ports[kinds[all[source - 1]?.choice ?? 0]?.kind ?? '']];
      return `${id(source)}.${source === 0 ? 'rows' : (out?.out ?? 'rows')} -> ${id(i + 1)}.${to?.in ?? 'rows'}`;
    });
    const nodes = Object.fromEntries(all.map(({ choice }, i) => [id(i + 1), kinds[choice]]));
    return pipelineFile.parse({ flowyard: 1, nodes: { read: { kind: 'read.example' }, ...nodes }, wires });
  });
/** The same pipeline, and one node of it another now and then. */
const edits = fc
  .tuple(drawn, fc.array(fc.record({ at: fc.nat({ max: 7 }), choice: fc.nat({ max: kinds.length - 1 }) })), drawn)
  .map(([first, changes, last]) => {
    const files = [first];
    for (const { at, choice } of changes) {
      const before = files.at(-1) ?? first;
      const name = Object.keys(before.nodes)[at + 1];
      const nodes = structuredClone(before.nodes);
      if (name !== undefined)
        nodes[name] = structuredClone(
          Object.values(pipelineFile.parse({ flowyard: 1, nodes: { a: kinds[choice] } }).nodes)[0]!,
        );
      files.push({ ...structuredClone(before), nodes });
    }
    return [...files, last, structuredClone(first)];
  });

test('graphs and plans of a pipeline over its edits are those of each edit by itself, and what is not touched stays the same', async () => {
  await using workshop = await Workshop.open();
  const { folder } = workshop;
  const environment = await openPreviewParts({ workspace: folder, readOnly: false, threads: 1, memoryBytes: 2 ** 30 });
  const hashes = new FileHashes(folder);
  const plan = (graph: ReturnType<typeof buildGraph>, before?: Plan): Promise<Plan> => {
    const roots = {
      workspace: folder,
      pipelineFolder: folder,
      resources: environment.resources,
      granted: new Set<string>(),
    };
    const parts = { wanted: undefined, memoryBytes: 2 ** 30, to: null };
    return makePlan(graph, { loadRun: environment.loadRun, hashes, roots, parts }, before);
  };
  const specs: Specs = environment.specs;
  await fc.assert(
    fc.asyncProperty(edits, async (files) => {
      const memory = new GraphMemory();
      let before: Plan | undefined;
      for (const file of files) {
        const graph = memory.build(file, specs, {});
        expect(graph).toEqual(buildGraph(file, specs, {}));
        const made = await plan(graph, before);
        expect(made).toEqual(await plan(buildGraph(file, specs, {})));
        const same = memory.build(structuredClone(file), specs, {});
        for (const [id, node] of graph.nodes) expect(same.nodes.get(id)).toBe(node);
        const again = await plan(same, made);
        const all = [...made.instances.values()];
        const isPlain =
          graph.cyclic.length === 0 && all.every((i) => i.merges === undefined && i.problem === undefined);
        if (isPlain) expect(again.order.every((instance, i) => instance === made.order[i])).toBe(true);
        before = again;
      }
    }),
    { numRuns: 40 },
  );
});

test('wires in a circle are told at the nodes of the circle, and what follows it is planned without a key', async () => {
  await using workshop = await Workshop.open();
  const environment = await openPreviewParts({
    workspace: workshop.folder,
    readOnly: false,
    threads: 1,
    memoryBytes: 2 ** 30,
  });
  const filter = { kind: 'clean.filter', params: { expression: 'x > 1' } };
  const wires = ['a.rows -> b.rows', 'b.rows -> a.rows', 'b.rows -> c.rows'];
  const file = pipelineFile.parse({ flowyard: 1, nodes: { a: filter, b: filter, c: filter }, wires });
  const graph = buildGraph(file, environment.specs, {});
  expect(graph.problems.map(({ code, node }) => `${code} ${node}`)).toEqual(['graph.cycle a', 'graph.cycle b']);
  await using store = await openPreviewStore(environment.results);
  await using planner = new Planner({
    ...environment,
    store,
    workspace: workshop.folder,
    threads: 1,
    memoryBytes: 2 ** 30,
  });
  const { problems, plan } = await checkPipeline(planner, { path: null, file }, null);
  expect(problems.map(({ code, node }) => `${code} ${node}`)).toEqual(['graph.cycle a', 'graph.cycle b']);
  expect(plan).toMatchObject({ compute: [], total: 3 });
});
