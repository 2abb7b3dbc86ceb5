import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What a file loads before anything lazy: types are gone by then, and `import()` comes later. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export)\s(?!type\s)[^'";]*?['"](\.[^'"]+)['"]/gms)]
    .map((match) => normalize(join(dirname(file), match[1] ?? '')).replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && existsSync(join(root, path)));

/** Each file that is loaded with `entry`, with the file that wanted it first. */
function loadedWith(entry: string): Map<string, string | undefined> {
  const from = new Map<string, string | undefined>([[entry, undefined]]);
  for (const file of from.keys()) for (const path of importsOf(file)) if (!from.has(path)) from.set(path, file);
  return from;
}

test('the first screen loads facts of kinds (nodes/kind-facts.ts), and neither their specs nor the search for them', () => {
  const loaded = loadedWith('renderer/src/main.tsx');
  const late = [...loaded].filter(([file]) => /^nodes\/(specs|find-[a-z]+)\.ts$|\/spec\.ts$/.test(file));
  expect(late).toEqual([]);
  expect(loaded.has('nodes/kind-facts.ts')).toBe(true);
});

test('it is found where the canvas loads them', () => {
  const files = [...loadedWith('renderer/src/app/pipeline-screen.tsx').keys()];
  expect(files).toContain('nodes/specs.ts');
});
