import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineRooms } from './engine.ts';
import { findCircle, fullFolders, importsOf, judgeRooms, listSources, mostFilesInFolder } from './imports.ts';
import { windowRooms } from './window.ts';

const root = join(import.meta.dirname, '../..');
const sources = listSources(root);
const edges = new Map(sources.map((file) => [file, importsOf(root, file)]));
const inOrder = (a: string, b: string): number => (a < b ? -1 : 1);
const laws = [
  { base: 'engine', order: engineRooms },
  { base: 'renderer/src', order: windowRooms },
];

test.each(laws)('a room of $base imports only rooms below it', ({ base, order }) => {
  const found = [...edges].flatMap(([file, targets]) =>
    targets.flatMap((target) => judgeRooms(base, order, file, target) ?? []),
  );
  expect(found).toEqual([]);
});

test.each(laws)('each row of $base names rooms that are there, once', ({ base, order }) => {
  const there = sources.filter((file) => file.startsWith(`${base}/`)).map((file) => file.slice(base.length + 1));
  const folders = new Set(there.map((file) => file.split('/')[0] ?? ''));
  expect([...order].flat().toSorted(inOrder)).toEqual([...folders].toSorted(inOrder));
});

test('no file imports itself by way of others, types included', () => {
  expect(findCircle(edges)).toBeUndefined();
});

test('no folder has more files than one can look over', () => {
  expect(fullFolders(sources)).toEqual([]);
});

test('the laws are not asleep', () => {
  const window = (file: string, target: string) => judgeRooms('renderer/src', windowRooms, file, target);
  expect(judgeRooms('engine', engineRooms, 'engine/recipe/score.ts', 'engine/plan/plan.ts')).toBe(
    'engine/recipe/score.ts may not import engine/plan/plan.ts',
  );
  expect(judgeRooms('engine', engineRooms, 'engine/plan/plan.ts', 'engine/recipe/score.ts')).toBeUndefined();
  expect(window('renderer/src/theme/button.tsx', 'renderer/src/state/window/view.ts')).toMatch(/may not import/);
  expect(window('renderer/src/report/a.tsx', 'renderer/src/canvas/canvas.module.css')).toMatch(/may not import/);
  expect(window('renderer/src/new/a.ts', 'renderer/src/text/t.ts')).toBe('renderer/src/new has no row in test/rooms/');
  const circle: [string, string[]][] = [
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ];
  expect(findCircle(new Map(circle))).toEqual(['b', 'c', 'b']);
  expect(fullFolders(Array.from({ length: mostFilesInFolder + 1 }, (_, i) => `report/part-${i}.ts`))).toEqual([
    'report',
  ]);
  // The pattern finds imports of types, of style sheets and of what is loaded later.
  expect(edges.get('renderer/src/app/workbench.ts')).toContain('renderer/src/app/pipeline-screen.tsx');
  expect(edges.get('renderer/src/preview/grid/grid-row.tsx')).toContain('renderer/src/preview/grid/grid.module.css');
  expect(edges.get('engine/store/targets.ts')).toContain('shared/run/runner-protocol.ts');
});
