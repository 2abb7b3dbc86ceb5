/** The table of `docs/semantics.md` that says which kinds are part of a model, held to what the kinds declare. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AnySpec } from '../shared/kind/define-spec.ts';
import { loadSpecs } from './runs.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'semantics.md'), 'utf8');
const listed = [...page.matchAll(/^\| ([^|]+) \| (yes \([a-z, ]+\)|no|not always) \| ([^|]*)\|$/gm)].flatMap(
  ([, titles = '', part = '', why = '']) => titles.split(', ').map((title) => ({ title, part, why: why.trim() })),
);
const takesAndGives = ({ inputs, outputs }: AnySpec): boolean =>
  [inputs, outputs].every((ports) => Object.values(ports).some(({ wire }) => wire === 'table'));

it('names every task and batch function from table to table, and says why one is no step', async () => {
  const kinds = [...(await loadSpecs()).values()].filter(takesAndGives);
  const titled = (form: string): string[] =>
    kinds.flatMap((spec) => (spec.form === form ? [spec.title] : [])).toSorted();
  const said = (isPart: (part: string) => boolean): string[] =>
    listed.flatMap(({ title, part }) => (isPart(part) ? [title] : [])).toSorted();
  expect(said((part) => part.startsWith('yes'))).toEqual(titled('map'));
  expect(said((part) => part === 'no')).toEqual(titled('task'));
  expect(titled('relational')).toEqual(expect.arrayContaining(said((part) => part === 'not always')));
  expect(listed.filter(({ part, why }) => part !== 'yes (texts)' && why === '')).toEqual([]);
});
