/** Names of kinds and settings are the field's: `docs/glossary.md` says which, and what they were called before. */
import { readdirSync, readFileSync } from 'node:fs';
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
