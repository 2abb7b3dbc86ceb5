import { expect, test } from 'vitest';
import { specs } from '../../../nodes/specs.ts';
import type { Problem } from '../../../shared/errors.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { lastBeforeSplit, settingsFound, stepsFound, withSteps } from './reader-fixes.ts';

const doubt = (fixes: Problem['fixes'], code = 'csv.numbers-as-text'): Problem => ({
  code,
  severity: 'warning',
  message: '',
  ...(fixes === undefined ? {} : { fixes }),
});
const comma = {
  do: 'set' as const,
  title: 'Decimal comma',
  node: 'rows',
  param: 'decimalMark',
  value: 'comma',
};
const amounts = {
  do: 'insert' as const,
  title: 'Make numbers of them',
  kind: 'clean.derive',
  params: { columns: [{ name: 'price', expression: 'CAST("price" AS DOUBLE)' }] },
  node: 'rows',
  side: 'after' as const,
  port: 'rows',
};

test('what can be read in one way alone is; what a value means is left to the person', () => {
  expect(settingsFound([doubt([comma])])).toEqual([comma]);
  expect(stepsFound([doubt([amounts])])).toEqual([amounts]);
  // Thousands or decimals, day or month first: nobody but the person knows.
  expect(settingsFound([doubt([comma, { ...comma, param: 'thousandsMark' }])])).toEqual([]);
  expect(stepsFound([doubt([amounts, amounts], 'csv.dates-as-text')])).toEqual([]);
  expect(settingsFound([doubt([{ ...comma, param: 'missingWords', value: ['?'] }])])).toEqual([]);
  expect(settingsFound([doubt([{ ...comma, param: 'types' }], 'csv.yes-no')])).toEqual([]);
});

test('a step stands between the reader and Split, and no card lies on another', () => {
  const file = parsePipeline(
    JSON.stringify({
      flowyard: 1,
      nodes: {
        rows: { kind: 'read.csv', version: 1, params: { file: 'a.csv' } },
        split: { kind: 'split.rows', version: 1, params: { target: 'price' } },
      },
      wires: ['rows.rows -> split.rows'],
      layout: { rows: [0, 0], split: [220, 0] },
    }),
  );
  const mended = withSteps(file, [amounts], specs);
  const step = lastBeforeSplit(mended) ?? '';
  expect(mended.nodes[step]).toMatchObject({ kind: 'clean.derive', params: amounts.params });
  expect([...mended.wires].sort()).toEqual([`${step}.rows -> split.rows`, `rows.rows -> ${step}.rows`].sort());
  expect(new Set(Object.values(mended.layout).map(String)).size).toBe(3);
  expect([lastBeforeSplit(file), withSteps(file, [], specs)]).toEqual(['rows', file]);
});
