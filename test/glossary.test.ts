/** Names of kinds and settings are the field's: `docs/glossary.md` says which, and what they were called before. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { loadSpecs } from '../nodes/runs.ts';
import { fieldMeta } from '../shared/kind/fields/fields.ts';

const page = readFileSync(new URL('../docs/glossary.md', import.meta.url), 'utf8');
const tableOf = (heading: string): { name: string; before: string[] }[] =>
  (page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (name|---)/.test(line))
    .map((line) => {
      const [, name = '', , before = ''] = line.split('|').map((cell) => cell.trim());
      return { name, before: before.split(', ') };
    });

/** Of choices and screens. */
const otherNames = ['All', 'Automatic', 'Between', 'Language models', 'The one that did not see it'];
const specs = [...(await loadSpecs()).values()];
const settings = specs.flatMap((spec) =>
  Object.values(spec.params.shape).flatMap((schema) => (schema instanceof z.ZodType ? (fieldMeta(schema) ?? []) : [])),
);
const titles = {
  Kinds: new Set(specs.map((spec) => spec.title)),
  Settings: new Set(settings.map((setting) => setting.title)),
  Choices: new Set(settings.flatMap((setting) => Object.values(setting.choices ?? {}))),
};

test.each(['Kinds', 'Settings', 'Choices'] as const)(
  '%s have the names of the glossary, and none of those before',
  (heading) => {
    const rows = tableOf(heading);
    expect(rows.length).toBeGreaterThan(3);
    for (const { name, before } of rows) {
      expect(titles[heading], name).toContain(name);
      for (const old of before) expect(titles[heading], `${old}, which is ${name} now`).not.toContain(old);
    }
  },
);

/** Quoted words with a capital letter in what a person reads are names in the window. */
const quotedNames = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => /^\s*(?:message|mend|help|[?:]).*['`]/.test(line))
    .flatMap((line) => [...line.matchAll(/[ ('`]"([A-Z][a-z][\w -]*)"[ .,;:)'`]/g)].map(([, name = '']) => name));

test('what messages name in quotes is there under that name', async () => {
  const root = new URL('../', import.meta.url);
  const folders = ['cli', 'engine', 'methods', 'nodes', 'shared'];
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
      .map((path) => `${folder}/${path}`),
  );
  const known = new Set([...titles.Kinds, ...titles.Settings, ...titles.Choices, ...otherNames]);
  const unknown = files.flatMap((file) =>
    quotedNames(readFileSync(new URL(file, root), 'utf8'))
      .filter((name) => !known.has(name))
      .map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

/** The parts of a name: `toldElsewhere`, `tell-plan.ts`. */
const partsOf = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
/** Not those words: an icon, the second byte of a character, columns and files of data. */
const otherThings = [
  /^renderer\/.*: House$/,
  /^methods\/text\/guess-encoding\.ts: trail$/,
  /^test\/support\/own-csvs\.ts: desk$/,
  /^(test\/(integration|conformance)|nodes\/split)\/.*: (house|[a-z]*Houses?|houses|house[A-Z][a-z]+|houses\.ts|House)$/,
];

function oldNames(path: string, text: string, old: readonly string[][]): string[] {
  const names = new Set([basename(path)]);
  const small = `${path}\n${text}`.toLowerCase();
  if (!old.some((words) => words.every((word) => small.includes(word)))) return [];
  const { errors, program } = parseSync(path, text);
  expect(errors).toEqual([]);
  const look = ({ name }: { name: string }): void => void names.add(name);
  new Visitor({ Identifier: look, JSXIdentifier: look }).visit(program);
  return [...names]
    .filter((name) => {
      const parts = ` ${partsOf(name).join(' ')} `;
      return old.some((words) => parts.includes(` ${words.join(' ')} `));
    })
    .map((name) => `${path}: ${name}`)
    .filter((found) => !otherThings.some((other) => other.test(found)));
}

test('no identifier and no file has a name of the old list', () => {
  const root = new URL('../', import.meta.url);
  const old = tableOf('Names in code').flatMap(({ before }) => before.filter(Boolean).map((words) => words.split(' ')));
  expect(old).toContainEqual(['told']);
  const found = globSync('{cli,electron,engine,methods,nodes,renderer/src,shared,test}/**/*.{ts,tsx,mjs}', {
    cwd: root,
    exclude: (path) => path === 'node_modules' || path === 'fixtures',
  })
    .filter((path) => !path.endsWith('.as.ts'))
    .flatMap((path) => oldNames(path, readFileSync(new URL(path, root), 'utf8'), old));
  expect(found).toEqual([]);
  // It sees them at all.
  expect(
    oldNames('engine/run/tell-plan.ts', 'const { toldBy: x } = openRunHouse(); type HashesBehind = 1;', old),
  ).toEqual(
    ['tell-plan.ts', 'toldBy', 'openRunHouse', 'HashesBehind'].map((name) => `engine/run/tell-plan.ts: ${name}`),
  );
});
