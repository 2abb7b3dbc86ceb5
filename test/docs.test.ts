/** What the pages say of the tree holds: each room stands in `docs/architecture.md` once, by its row, and each path that a page names is there. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { engineRooms } from './rooms/engine.ts';
import { windowRooms } from './rooms/window.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 24,
}).split('\n');
const foldersIn = (room: string): string[] => [
  ...new Set(files.flatMap((file) => new RegExp(`^${room}/[^/]+/`).exec(file) ?? [])),
];

/** The cells of every row of the tables below a heading of the page. */
function tableUnder(heading: string): string[][] {
  const [, text = ''] = read('docs/architecture.md').split(`### ${heading}\n`);
  return (text.split(/\n##+ /)[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (row|room|---)/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
const codeIn = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
/** Each room with its row, as the page has them. */
const rowsUnder = (heading: string): string[] =>
  tableUnder(heading).flatMap(([row = '', rooms = '']) => codeIn(rooms).map((room) => `${row} ${room}`));
const rowsOf = (order: readonly (readonly string[])[], say: (room: string) => string): string[] =>
  order.flatMap((row, i) => row.map((room) => `${i + 1} ${say(room)}`));

test('each room of the engine stands in the table once, by the rows of the law, and is a folder', () => {
  expect(rowsUnder('Rooms of the engine')).toEqual(rowsOf(engineRooms, (room) => `engine/${room}/`));
  expect(
    engineRooms
      .flat()
      .map((room) => `engine/${room}/`)
      .toSorted(),
  ).toEqual(foldersIn('engine').toSorted());
});

test('each room of the window stands in the table once, by the rows of the law', () => {
  const said = rowsUnder('Rooms of the window');
  expect(said.toSorted()).toEqual(rowsOf(windowRooms, (room) => room).toSorted());
});

test('each folder of shared, methods and the command line stands in the table once', () => {
  const said = tableUnder('Rooms of shared, methods and the command line').flatMap(([rooms = '']) => codeIn(rooms));
  expect(said.toSorted(), 'give each folder its row in docs/architecture.md').toEqual(
    ['shared', 'methods', 'cli'].flatMap(foldersIn).toSorted(),
  );
});

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);
const tops = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]));
const names = new Set(files.map((file) => basename(file)));

/** A path from the root, also with `*`, `{a,b}`, `<name>` or NAME in it; or the bare name of a source file. */
function isThere(said: string): boolean {
  const pattern = said.replaceAll(/<[^>]+>|\b[A-Z]{4,}\b/g, '*').replace(/[/:]$/, '');
  return files.some((file) => file === pattern || file.startsWith(`${pattern}/`) || under(file, pattern));
}
const under = (file: string, pattern: string): boolean =>
  /[*{]/.test(pattern) && (matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`));
const isPath = (code: string): boolean =>
  /^[\w.@<>*{},/-]+$/.test(code) && tops.has(code.split('/')[0] ?? '') && code.includes('/');
const isSourceName = (code: string): boolean => /^[\w-]+(\.[\w-]+)*\.(ts|tsx|mjs)$/.test(code);

test.each(pages)('every path that %s names is there', (page) => {
  const code = codeIn(read(page).replaceAll(/^```[\s\S]*?^```/gm, ''));
  expect(code.filter((said) => isPath(said) && !isThere(said))).toEqual([]);
  expect(code.filter((said) => isSourceName(said) && !names.has(said))).toEqual([]);
});

test('the law is not asleep', () => {
  expect(['engine/plan/plan.ts', 'engine/plan/', 'nodes/<category>/<kind>/', 'docs/*.md'].map(isThere)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['engine/plan/gone.ts', 'engine/gone/', 'nodes/gone/<kind>/'].map(isThere)).toEqual([false, false, false]);
});
