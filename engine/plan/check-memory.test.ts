import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPreviewParts } from '../../cli/run-environment.ts';
import { Workshop } from '../../test/support/workshop.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { openPreviewStore } from '../preview/scratch-store.ts';
import { Planner } from '../preview/planner.ts';
import { CheckMemory } from './check-memory.ts';
import { checkPlan } from './check.ts';
import { recipeKey } from '../graph/keys.ts';
import { hashText } from '../files/hash-text.ts';

/** A chain of one-line nodes behind the penguins, ending in a Split: what each does is chosen by a number. */
function chain(choices: readonly number[], wireTo: number): PipelineFile {
  const kinds = [
    { kind: 'clean.filter', params: { expression: 'body_mass_g > 4000' } },
    { kind: 'clean.filter', params: { expression: 'no_such_column > 1' } },
    { kind: 'clean.derive', params: { columns: [{ name: 'made', expression: 'bill_length_mm * 2' }] } },
    { kind: 'clean.derive', params: { columns: [{ name: 'made', expression: 'species' }] } },
    { kind: 'clean.derive', params: { columns: [{ name: 'made', expression: 'avg(body_mass_g) OVER ()' }] } },
    { kind: 'clean.select', params: { action: 'drop', columns: { by: 'names', names: ['island'] } } },
    { kind: 'combine.sort', params: {} },
  ];
  const ids = ['read', ...choices.map((_, i) => `n${i}`), 'split'];
  return pipelineFile.parse({
    flowyard: 1,
    nodes: {
      read: { kind: 'read.example' },
      ...Object.fromEntries(choices.map((c, i) => [`n${i}`, kinds[c % kinds.length]])),
      split: { kind: 'split.rows', params: { target: 'species' } },
    },
    wires: ids.slice(1).map((to, i) => `${ids[to === 'split' ? Math.min(wireTo, i) : i] ?? ''}.rows -> ${to}.rows`),
  });
}

test('a check that remembers says what a check without memory says, over any edits', async () => {
  await using workshop = await Workshop.open();
  const parts = await openPreviewParts({
    workspace: workshop.folder,
    readOnly: false,
    threads: 1,
    memoryBytes: 2 ** 30,
  });
  await using store = await openPreviewStore(parts.results);
  await using planner = new Planner({ ...parts, store, workspace: workshop.folder, threads: 1, memoryBytes: 2 ** 30 });
  const edits = fc.array(
    fc.record({ choices: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }), wireTo: fc.nat({ max: 5 }) }),
    { minLength: 2, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(edits, async (all) => {
      const memory = new CheckMemory();
      for (const { choices, wireTo } of all) {
        const { plan, composer } = await planner.plan({ path: null, file: chain(choices, wireTo) });
        const remembering = await checkPlan(plan, composer, parts.loadRun, memory);
        expect(remembering).toEqual(await checkPlan(plan, composer, parts.loadRun));
      }
    }),
    { numRuns: 15 },
  );
});

test('what an edit does not reach is the same object as before', async () => {
  await using workshop = await Workshop.open();
  const parts = await openPreviewParts({
    workspace: workshop.folder,
    readOnly: false,
    threads: 1,
    memoryBytes: 2 ** 30,
  });
  await using store = await openPreviewStore(parts.results);
  await using planner = new Planner({ ...parts, store, workspace: workshop.folder, threads: 1, memoryBytes: 2 ** 30 });
  const memory = new CheckMemory();
  const check = async (choices: number[]) => {
    const { plan, composer } = await planner.plan({ path: null, file: chain(choices, 9) });
    return (await checkPlan(plan, composer, parts.loadRun, memory)).schemas;
  };
  const before = await check([0, 2, 5]);
  const after = await check([0, 3, 5]);
  expect(after.get('n0.rows')).toBe(before.get('n0.rows'));
  expect(after.get('n1.rows')).not.toEqual(before.get('n1.rows'));
  expect((await check([0, 3, 5])).get('split.rows')).toBe(after.get('split.rows'));
});

test('a key is a hash of forty letters that the order of parameters does not change, and every part of the recipe does', () => {
  const recipe = {
    kind: 'a.b',
    computes: 1,
    params: { x: 1, y: ['"', { z: null }] },
    inputs: { rows: ['k1'], more: [] },
  };
  const key = recipeKey(recipe);
  expect(key).toMatch(/^[0-9a-f]{40}$/);
  expect(recipeKey({ ...recipe, params: { y: ['"', { z: null }], x: 1 }, inputs: { more: [], rows: ['k1'] } })).toBe(
    key,
  );
  const others = [
    { ...recipe, kind: 'a.c' },
    { ...recipe, computes: 2 },
    { ...recipe, params: { x: 2, y: ['"', { z: null }] } },
    { ...recipe, inputs: { rows: ['k2'], more: [] } },
    { ...recipe, fold: 'fold 1' },
  ];
  expect(new Set([key, ...others.map(recipeKey)]).size).toBe(6);
  expect(hashText('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
