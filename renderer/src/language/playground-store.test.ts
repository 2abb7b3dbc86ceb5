import { expect, it } from 'vitest';
import {
  answerSchema,
  askedText,
  cellKey,
  fillPrompt,
  judgedText,
  meanScore,
  openPlaces,
  unjudgedPlaces,
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
  form: { fields: [], schema: '' },
  judge: { model: 'm', rubric: 'Short.' },
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

it('asks again when the form of the answer has changed, and says what a schema lacks', () => {
  const form = { fields: [{ name: 'mood', type: 'choice' as const, choices: 'good, bad' }], schema: '' };
  expect(answerSchema(form)).toEqual({
    schema: {
      type: 'object',
      properties: { mood: { enum: ['good', 'bad'] } },
      required: ['mood'],
      additionalProperties: false,
    },
  });
  expect(answerSchema({ fields: [], schema: '{' }).fault).toContain('not valid JSON');
  expect(askedText(prompt, {}, { ...kept, form })).not.toBe(askedText(prompt, {}, kept));
});

it('judges what nobody has judged by this rubric, and tells mean and spread without what was not judged', () => {
  const asked = askedText(prompt, { text: 'a {{b}}' }, kept);
  const judgement = {
    status: 'done' as const,
    scores: [3, null, 5],
    reason: '',
    judged: judgedText('yes', kept.judge),
  };
  const count = (cell: Cell, more = {}): number =>
    unjudgedPlaces({ ...kept, ...more }, { [cellKey('p1', 'm', 'r1')]: cell }).length;
  const done: Cell = { status: 'done', text: 'yes', asked };
  expect([
    count(done),
    count({ ...done, judgement }),
    count({ ...done, judgement }, { judge: { model: 'm', rubric: 'Long.' } }),
    count(done, { judge: { model: null, rubric: '' } }),
  ]).toEqual([1, 0, 1, 0]);
  expect(meanScore(judgement.scores)).toEqual({ mean: 4, spread: 1 });
  expect(meanScore([null])).toBeUndefined();
});
