import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ESTree, parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';
import { append, largest, lengthOf, smallest } from '../shared/append.ts';

/** They hand their few arguments on, or the two numbers of a place, or the parts of a name. */
const few: ReadonlySet<string> = new Set([
  'document.elementFromPoint',
  'handler',
  'here.run',
  'here.start',
  'ipcRenderer.invoke',
  'join',
  'setParameter',
  'start',
  'startScript',
]);

/** Each element would be an argument, and from about 100,000 on the stack is full: rows, columns, categories, files and steps may be so many. */
test('no list is handed over as arguments of its own', () => {
  const root = join(import.meta.dirname, '..');
  const found = globSync('{cli,electron,engine,methods,nodes,renderer,shared}/**/*.{ts,tsx}', { cwd: root })
    .filter((path) => !/\.test\.tsx?$/.test(path) && !path.includes('node_modules'))
    .flatMap((path) => spreadsIn(path, readFileSync(join(root, path), 'utf8')));
  expect(found, 'shared/append.ts has append, largest, smallest and lengthOf').toEqual([]);
  // It sees them at all.
  expect(spreadsIn('a.ts', 'const a = b?.push(\n1, ...[2]);\nnew Set(...a as never);')).toHaveLength(2);
});

function spreadsIn(path: string, text: string): string[] {
  if (!text.includes('...')) return [];
  const found: string[] = [];
  const look = ({ arguments: given, callee, start, end }: ESTree.CallExpression | ESTree.NewExpression): void => {
    if (!given.some(({ type }) => type === 'SpreadElement') || few.has(text.slice(callee.start, callee.end))) return;
    found.push(`${path}:${text.slice(0, start).split('\n').length}: ${text.slice(start, end).slice(0, 120)}`);
  };
  const { errors, program } = parseSync(path, text);
  expect(errors).toEqual([]);
  new Visitor({ CallExpression: look, NewExpression: look }).visit(program);
  return found;
}

test('a million values are put behind others, compared and measured', () => {
  const values = Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1_000_003);
  const all = [1];
  append(all, values);
  expect(all).toHaveLength(1_000_001);
  expect([smallest(values), largest(values)]).toEqual([0, Math.max(...values.slice(0, 1000), 1_000_002)]);
  expect([smallest([]), largest([])]).toEqual([Infinity, -Infinity]);
  for (const few of [
    [3, 4],
    [1e300, -1e300],
    [0, -0],
    [0.1, 0.2, 0.3, 1e-200],
    [Infinity, 1],
    [Number.NaN, 1],
    values.slice(0, 50_000),
  ])
    expect(lengthOf(few)).toBe(Math.hypot(...few));
});
