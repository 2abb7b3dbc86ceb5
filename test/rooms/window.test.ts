import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { mostFilesInFolder, windowRooms } from './window.ts';

const window = join(import.meta.dirname, '../../renderer/src');
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

const sources = readdirSync(window, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.(tsx?|css)$/.test(file) && !isTest(file));

const roomOf = (file: string): string => file.split('/')[0] ?? '';
const rows = new Map(windowRooms.flatMap((rooms, row) => rooms.map((room) => [room, row] as const)));

/** What a file of the window imports of the window: types and style sheets too, and what it loads later. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(window, file), 'utf8');
  return [...text.matchAll(/(?:^|[\s;}(])(?:from|import)\s*\(?\s*['"](\.[^'"\n$]+)['"]/g)]
    .map((match) => normalize(join(dirname(file), match[1] ?? '')).replaceAll('\\', '/'))
    .filter((target) => !target.startsWith('..'));
}

/** Why one file may not import another; undefined when it may. */
function judge(file: string, target: string): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) return undefined;
  const [high, low] = [rows.get(from), rows.get(to)];
  if (high === undefined) return `${from} has no row in test/rooms/window.ts`;
  return low !== undefined && low < high ? undefined : `${file} may not import ${target}`;
}

function findCircle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of edges.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}

function fullFolders(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files.filter((f) => !f.endsWith('.css')))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > mostFilesInFolder).map(([folder]) => folder);
}

test('a room of the window imports only rooms below it', () => {
  expect(sources.flatMap((file) => importsOf(file).flatMap((target) => judge(file, target) ?? []))).toEqual([]);
});

test('each row names rooms that are there, once', () => {
  expect(windowRooms.flat().toSorted()).toEqual([...new Set(sources.map(roomOf))].toSorted());
});

test('no file of the window imports itself by way of others, types included', () => {
  expect(findCircle(new Map(sources.map((file) => [file, importsOf(file)])))).toBeUndefined();
});

test('no folder of the window has more files than one can look over', () => {
  expect(fullFolders(sources)).toEqual([]);
});

test('the laws are not asleep', () => {
  expect(judge('theme/button.tsx', 'state/window/view.ts')).toBe(
    'theme/button.tsx may not import state/window/view.ts',
  );
  expect(judge('report/report-view.tsx', 'canvas/canvas.module.css')).toBe(
    'report/report-view.tsx may not import canvas/canvas.module.css',
  );
  expect(judge('newroom/a.ts', 'text/t.ts')).toBe('newroom has no row in test/rooms/window.ts');
  expect(
    findCircle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b', 'c', 'b']);
  expect(fullFolders(Array.from({ length: mostFilesInFolder + 1 }, (_, i) => `report/part-${i}.ts`))).toEqual([
    'report',
  ]);
  // The pattern finds imports of types, of style sheets and of what is loaded later.
  expect(importsOf('app/workbench.ts')).toContain('app/pipeline-screen.tsx');
  expect(importsOf('preview/grid/grid-row.tsx')).toContain('preview/grid/grid.module.css');
  expect(importsOf('controls/control.ts')).toContain('controls/form-field.ts');
});
