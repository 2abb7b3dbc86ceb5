import { expect, it } from 'vitest';
import {
  askedText,
  cellKey,
  fillPrompt,
  openPlaces,
  variablesOf,
  type Cell,
  type DraftPrompt,
} from './playground-store.ts';

const prompt: DraftPrompt = { id: 'p1', system: 'You read {{language}}.', user: '{{ text }} and {{text}}' };
const kept = {
  prompts: [prompt],
  models: ['m'],
  rows: [{ id: 'r1', values: { text: 'a {{b}}' } }],
  temperature: 0,
  maxTokens: 8,
};

it('knows the variables of its prompts, each once, and fills them; what has no value is nothing', () => {
  expect(variablesOf([prompt])).toEqual(['language', 'text']);
  expect(fillPrompt(prompt, { text: 'a {{b}}' })).toEqual({ system: 'You read .', user: 'a {{b}} and a {{b}}' });
});

it('asks again what was not answered or has changed since', () => {
  const done: Cell = { status: 'done', text: '', asked: askedText(prompt, { text: 'a {{b}}' }, kept) };
  const open = (cell: Cell | undefined, more = {}): number =>
    openPlaces({ ...kept, ...more }, cell === undefined ? {} : { [cellKey('p1', 'm', 'r1')]: cell }).length;
  expect([open(undefined), open(done), open({ ...done, status: 'failed' }), open(done, { temperature: 1 })]).toEqual([
    1, 0, 1, 1,
  ]);
});
