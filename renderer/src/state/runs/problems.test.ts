import { expect, it } from 'vitest';
import type { Problem } from '../../../../shared/errors.ts';
import type { CheckResult } from '../../../../shared/rpc/contract/check.ts';
import { allProblems } from './problems.ts';

const problem = (code: string, severity: Problem['severity'], node: string): Problem => ({
  code,
  severity,
  message: `${code} of ${node}`,
  node,
});
const asked = (state: 'fresh' | 'stale'): CheckResult['nodes'][string] => ({
  key: 'k',
  freshness: state === 'fresh' ? { state, outputs: [] } : { state, reason: 'changed', outputs: [] },
  summary: '',
  unknownKind: false,
});

it('counts what a run warned of beside what the check says, each once, errors first', () => {
  const check = { problems: [problem('leak', 'warning', 'split')], nodes: { split: asked('fresh') } };
  const nodes = {
    split: { warnings: [problem('leak', 'warning', 'split'), problem('copies', 'warning', 'split')] },
    train: { warnings: [], problem: problem('one-class', 'error', 'train') },
  };
  expect(allProblems(check, nodes).map((p) => p.code)).toEqual(['one-class', 'leak', 'copies']);
});

it('leaves out what a run warned of a node that was changed since', () => {
  const nodes = { split: { warnings: [problem('copies', 'warning', 'split')] } };
  expect(allProblems({ problems: [], nodes: { split: asked('stale') } }, nodes)).toEqual([]);
  expect(allProblems(undefined, nodes)).toHaveLength(1);
});
