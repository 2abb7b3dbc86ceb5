/** A function of more than 80 lines does more than one thing, or has a reason that stands on the line before it: `// Over 80 lines: …`. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ESTree, parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';

const most = 80;
const reason = /^\s*\/\/ Over 80 lines: \S.{15,}/;

function longFunctions(path: string, text: string): string[] {
  const lines = text.split('\n');
  if (lines.length <= most) return [];
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const lineOf = (place: number): number => starts.findLastIndex((start) => start <= place);
  const found: string[] = [];
  const look = ({ start, end }: { start: number; end: number }): void => {
    const first = lineOf(start);
    const length = lineOf(end) - first + 1;
    if (length > most && !reason.test(lines[first - 1] ?? ''))
      found.push(`${path}:${first + 1} ${length} lines: ${lines[first]?.trim().slice(0, 80)}`);
  };
  const { errors, program } = parseSync(path, text);
  expect(errors).toEqual([]);
  new Visitor({
    FunctionDeclaration: look,
    FunctionExpression: look,
    ArrowFunctionExpression: look,
  } satisfies Record<string, (node: ESTree.Function | ESTree.ArrowFunctionExpression) => void>).visit(program);
  return found;
}

test('no function is longer than 80 lines without a reason beside it', () => {
  const root = join(import.meta.dirname, '..');
  const found = globSync('{cli,electron,engine,methods,nodes,renderer,shared}/**/*.{ts,tsx,mjs}', { cwd: root })
    .filter((path) => !/(\.(test|spec)\.tsx?|\.as\.ts)$/.test(path) && !path.includes('node_modules'))
    .flatMap((path) => longFunctions(path, readFileSync(join(root, path), 'utf8')));
  expect(found).toEqual([]);
});

test('the rule is not asleep', () => {
  const body = 'go();\n'.repeat(most);
  expect(longFunctions('a.ts', `function long() {\n${body}}`)).toEqual([`a.ts:1 82 lines: function long() {`]);
  expect(longFunctions('a.ts', `export const long = () => {\n${body}};`)).toHaveLength(1);
  expect(longFunctions('a.ts', `run({ async long() {\n${body}} });`)).toHaveLength(1);
  expect(longFunctions('a.ts', `// Over 80 lines: long.\nfunction long() {\n${body}}`)).toHaveLength(1);
  expect(
    longFunctions('a.ts', `// Over 80 lines: one table of cases, a line each.\nfunction long() {\n${body}}`),
  ).toEqual([]);
});
