/** The examples with a few things changed at random, as a hand in a text editor does: whatever comes of it is told in words, at a node. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPreviewParts, resourcesFolder } from '../../cli/run-environment.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { Workshop } from '../../test/support/workshop.ts';
import { checkPipeline } from './check-pipeline.ts';
import { Planner } from './planner.ts';
import { openPreviewStore } from './scratch-store.ts';

const folder = join(resourcesFolder, 'examples');
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.pipeline.json'))
  .map((name) => parsePipeline(readFileSync(join(folder, name), 'utf8')));

const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('=missing', 'body_mass_g', 'a > 1', '1 +', { by: 'names', names: ['nope'] }, { by: 'all' }, [
    'a',
    'a',
  ]),
);
const change = fc.record({
  what: fc.constantFrom('set', 'unset', 'cut', 'wire', 'kind', 'disable', 'remove'),
  at: fc.nat(),
  other: fc.nat(),
  value: junk,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

type Specs = Awaited<ReturnType<typeof openPreviewParts>>['specs'];
const pick = <T>(all: readonly T[], n: number): T | undefined => all[n % all.length];

function apply(file: PipelineFile, { what, at, other, value }: Change, specs: Specs): void {
  const id = pick(Object.keys(file.nodes), at);
  const node = id === undefined ? undefined : file.nodes[id];
  if (id === undefined || node === undefined) return;
  const param = pick(Object.keys(specs.get(node.kind)?.params.shape ?? {}), other);
  if (what === 'set' && param !== undefined) node.params[param] = JSON.parse(JSON.stringify(value));
  if (what === 'unset') delete node.params[pick(Object.keys(node.params), other) ?? ''];
  if (what === 'cut') file.wires.splice(at % (file.wires.length + 1), 1);
  if (what === 'kind') node.kind = pick([...specs.keys(), 'no.such-kind'], other) ?? '';
  if (what === 'disable') node.disabled = true;
  if (what === 'wire') {
    const to = pick(Object.keys(file.nodes), other) ?? id;
    const out = pick(Object.keys(specs.get(node.kind)?.outputs ?? {}), other);
    const port = pick(Object.keys(specs.get(file.nodes[to]?.kind ?? '')?.inputs ?? {}), at);
    const wire = `${id}.${out} -> ${to}.${port}`;
    if (out !== undefined && port !== undefined && !file.wires.includes(wire)) file.wires.push(wire);
  }
  if (what === 'remove') {
    delete file.nodes[id];
    file.wires = file.wires.filter((wire) => !wire.startsWith(`${id}.`) && !wire.includes(` -> ${id}.`));
    file.groups = {};
  }
}

test('a check of any pipeline answers, and each problem is a sentence about a node', async () => {
  await using workshop = await Workshop.open();
  const budget = { workspace: workshop.folder, threads: 1, memoryBytes: 2 ** 30 };
  const parts = await openPreviewParts({ ...budget, readOnly: false });
  await using store = await openPreviewStore(parts.results);
  await using planner = new Planner({ ...parts, store, ...budget });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...examples),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (example, changes) => {
        const file = structuredClone(example);
        for (const one of changes) apply(file, one, parts.specs);
        const { problems, nodes } = await checkPipeline(planner, { path: null, file }, null);
        expect(Object.keys(nodes).sort()).toEqual(Object.keys(file.nodes).sort());
        for (const { code, message, mend, node } of problems) {
          const said = `${code}: ${message} ${mend ?? ''}`;
          expect(said).not.toMatch(/internal\.|undefined|\[object|\bNaN\b|Cannot read|not a function|Error:/);
          expect(message).toMatch(/[.?!…]$/);
          if (node !== undefined) expect(Object.keys(file.nodes)).toContain(node);
        }
      },
    ),
    // The same cases every time: a new one is to be found by whoever looks for it, not by whoever is in a hurry.
    { numRuns: 400, seed: 20261127 },
  );
});
