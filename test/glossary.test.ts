/** Names of kinds and settings are the field's: `docs/glossary.md` says which, and what they were called before. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { loadSpecs } from '../nodes/runs.ts';
import { fieldMeta } from '../shared/spec/fields.ts';

const page = readFileSync(new URL('../docs/glossary.md', import.meta.url), 'utf8');
const tableOf = (heading: string): { name: string; before: string[] }[] =>
  (page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (name|---)/.test(line))
    .map((line) => {
      const [, name = '', , before = ''] = line.split('|').map((cell) => cell.trim());
      return { name, before: before.split(', ') };
    });

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
