import { expect, it } from 'vitest';
import { wholeAnswer } from '../../shared/rpc/check-answer.ts';
import type { CheckResult } from '../../shared/rpc/contract/check.ts';
import { CheckAnswers } from './check-answers.ts';

const result = (types: Record<string, string>): CheckResult => ({
  problems: [],
  schemas: Object.fromEntries(
    Object.entries(types).map(([node, type]) => [`${node}.rows`, { columns: [{ name: 'a', type }], split: false }]),
  ),
  nodes: Object.fromEntries(
    Object.entries(types).map(([node, type]) => [
      node,
      { key: type, freshness: { state: 'never', outputs: [] }, summary: '', unknownKind: false },
    ]),
  ),
  plan: { compute: Object.keys(types), total: Object.keys(types).length, estimate_ms: null, parts: [], placed: null },
});

it('sends what is other than in the answer that the asker holds, and both make the whole', () => {
  const answers = new CheckAnswers();
  const first = answers.notify(result({ read: 'BIGINT', keep: 'BIGINT', old: 'DATE' }), undefined);
  const held = wholeAnswer(undefined, first);
  const now = result({ read: 'BIGINT', keep: 'DOUBLE', made: 'VARCHAR' });
  const second = answers.notify(now, first.answer);
  expect([Object.keys(second.nodes), Object.keys(second.schemas), second.gone]).toEqual([
    ['keep', 'made'],
    ['keep.rows', 'made.rows'],
    { nodes: ['old'], schemas: ['old.rows'] },
  ]);
  expect(wholeAnswer(held, second)).toEqual(now);
});

it('sends the whole where it does not know what the asker holds', () => {
  const answers = new CheckAnswers();
  const all = result({ read: 'BIGINT' });
  const first = answers.notify(all, 'of a process that died');
  expect([first.since, wholeAnswer(result({ other: 'DATE' }), first)]).toEqual([undefined, all]);
  let last = first;
  for (let i = 0; i < 20; i++) last = answers.notify(all, last.answer);
  // Long forgotten by now.
  expect(answers.notify(all, first.answer).since).toBeUndefined();
  expect(answers.notify(all, last.answer).nodes).toEqual({});
});
