import { expect, test } from 'vitest';
import { validate } from '../../../shared/pipeline/parse.ts';
import { rawTable, typedRows } from './example-rows.ts';

const bill = { name: 'bill', type: 'DOUBLE' };
const island = { name: 'island', type: 'VARCHAR' };
const table = (...columns: { name: string; type: string }[]) => ({ columns, split: false });

test('an example row comes from the furthest table that has what the model takes, before it was scaled', () => {
  const file = validate({
    flowyard: 1,
    nodes: {
      read: { kind: 'read.csv' },
      convert: { kind: 'clean.types' },
      scale: { kind: 'prepare.scale' },
      train: { kind: 'train.gradient-boosting' },
      beside: { kind: 'read.csv' },
    },
    wires: ['read.rows -> convert.rows', 'convert.rows -> scale.rows', 'scale.rows -> train.rows'],
  });
  const schemas = {
    'read.rows': table({ name: 'bill', type: 'VARCHAR' }, island),
    'convert.rows': table(bill, island),
    'scale.rows': table(bill, island),
    'beside.rows': table(bill, island),
  };
  expect(rawTable(file, 'train', schemas, [bill, island])).toEqual({ node: 'convert', port: 'rows' });
  // Of a model that cannot repeat a step, from behind that step.
  expect(rawTable(file, 'train', schemas, [bill, island], 'Scale')).toEqual({ node: 'scale', port: 'rows' });
  expect(rawTable(file, 'train', schemas, [{ name: 'wing', type: 'DOUBLE' }])).toBeUndefined();
});

test('example rows are texts as a person types them, whole rows first', () => {
  const found = [
    { ...bill, values: [null, 39.1] },
    { ...island, values: ['Dream', 'Biscoe'] },
    { name: 'species', type: 'VARCHAR', values: ['Adelie', 'Gentoo'] },
  ];
  expect(typedRows(found, [bill, island])).toEqual([
    { bill: '39.1', island: 'Biscoe' },
    { bill: '', island: 'Dream' },
  ]);
});
