import * as z from 'zod';
import { columnFindings, notChosen, repeated } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import type { Role } from '../../../shared/wires.ts';

const params = z.strictObject({
  target: field.column({
    title: 'Target',
    help: 'The column that will be predicted. Everything after Split knows it.',
  }),
  method: field.choice({
    title: 'Divide',
    help: 'How rows are chosen for the test.',
    choices: {
      random: 'at random',
      stratified: 'at random, every class in its share',
      group: 'by groups: a group is never torn apart',
      time: 'by time: the latest rows are the test',
      folds: 'into folds, for cross-validation',
    },
    default: 'random',
  }),
  testFraction: field.number({
    title: 'Test rows',
    help: 'The share of rows kept aside to measure the model.',
    default: 0.2,
    min: 0,
    max: 0.95,
    step: 0.05,
    slider: true,
  }),
  validationFraction: field.number({
    title: 'Validation rows',
    help: 'The share of all rows kept aside to tune or to stop training early. Not used with folds.',
    default: 0,
    min: 0,
    max: 0.95,
    step: 0.05,
    slider: true,
  }),
  folds: field.integer({
    title: 'Folds',
    help: 'How many parts: each is measured once by a model that learnt from the others. Of time, the first part is only learnt from.',
    default: 5,
    min: 2,
    max: 50,
    when: { param: 'method', is: ['folds'] },
  }),
  foldBy: field.choice({
    title: 'Folds are made',
    help: 'Of rows, of whole groups, or of time: then each fold is measured by a model that learnt only from earlier rows.',
    choices: { rows: 'of rows', group: 'of whole groups', time: 'of time, learning from the past only' },
    default: 'rows',
    when: { param: 'method', is: ['folds'] },
  }),
  stratify: field.choice({
    title: 'Stratify',
    help: 'Each part gets every class of the target in its share. "Automatic" does so unless the target is a decimal number or a date. Classes with too few rows are divided together, with a warning.',
    choices: { auto: 'automatic', yes: 'yes', no: 'no' },
    default: 'auto',
  }),
  equalRows: field.choice({
    title: 'Rows that are equal',
    help: 'Copies of one thing must be on one side: a model that has seen a row knows its copy. But where a few answers are all there is to a row (class, sex, age group), equal rows are different things, and kept together they would make every test wrong. "Automatic" keeps them together unless there are more equal rows than different ones. Rows of one id or group stay together in any case.',
    choices: {
      auto: 'automatic',
      together: 'fall on one side: they are copies',
      apart: 'are divided like others: each is a thing of its own',
    },
    default: 'auto',
  }),
  group: field.column({
    title: 'Group',
    help: 'Rows that belong together (a patient, a customer, a document), for dividing by groups. Never used as a feature.',
    section: 'Roles',
  }),
  time: field.column({
    title: 'Time',
    help: 'When the row happened, for dividing by time. Never used as a feature by a rule.',
    families: ['time', 'number'],
    section: 'Roles',
  }),
  id: field.column({
    title: 'Id',
    help: 'What names a row. With it, a row keeps its place when other columns change; rows of one id fall on the same side. Never used as a feature.',
    section: 'Roles',
  }),
  weight: field.column({
    title: 'Weight',
    help: 'How much a row counts in training and in metrics. Never used as a feature.',
    families: ['number'],
    section: 'Roles',
  }),
  seed: field.integer({
    title: 'Seed',
    help: 'Another number gives another division; the same number always the same one.',
    default: 1,
    min: 0,
  }),
});
type Params = z.output<typeof params>;

/** Does the division look at groups or at time? */
export const dividesBy = (p: Params): 'rows' | 'group' | 'time' =>
  p.method === 'folds' ? p.foldBy : p.method === 'group' ? 'group' : p.method === 'time' ? 'time' : 'rows';

export const spec = defineSpec({
  kind: 'split.rows',
  version: 1,
  computes: 3,
  title: 'Split',
  about: 'Marks each row as training, validation or test, and names the target.',
  keywords: [
    'random_state',
    'train test split',
    'partitioning',
    'cross-validation',
    'k-fold',
    'holdout',
    'data sampler',
    'stratified',
    'group split',
    'time series split',
    'set role',
    'target',
    'class',
    'train_test_split',
    'KFold',
    'partition',
    'cross_val_score',
    'cross validate',
    'stratified split',
    'StratifiedKFold',
    'GroupKFold',
    'TimeSeriesSplit',
    'validation set',
    'test set',
    'hold out',
    'create samples',
    'data split',
    'folds',
  ],
  icon: 'split',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Marked rows' } },
  params,
  form: 'relational',
  rows: 'mix',
  roles: (p) => {
    const named: [string, Role][] = [
      [p.weight, 'weight'],
      [p.time, 'time'],
      [p.group, 'group'],
      [p.id, 'id'],
      [p.target, 'target'],
    ];
    return Object.fromEntries(named.filter(([name]) => name !== ''));
  },
  folds: (p) => (p.method === 'folds' ? { count: p.folds, expanding: p.foldBy === 'time' } : null),
  summary: (p) => {
    const percent = (fraction: number): string => `${Math.round(fraction * 1000) / 10} %`;
    const parts = [
      ...(p.method === 'folds'
        ? [
            `${p.folds} folds${p.foldBy === 'rows' ? '' : p.foldBy === 'group' ? ` by ${p.group || 'group'}` : ` along ${p.time || 'time'}`}`,
          ]
        : []),
      ...(p.testFraction > 0 ? [`${percent(p.testFraction)} test`] : []),
      ...(p.validationFraction > 0 && p.method !== 'folds' ? [`${percent(p.validationFraction)} validation`] : []),
    ];
    const how =
      p.method === 'group'
        ? ` by ${p.group || 'group'}`
        : p.method === 'time'
          ? ` along ${p.time || 'time'}`
          : p.method === 'stratified'
            ? ', every class in its share'
            : '';
    return `${parts.length === 0 ? 'all rows for training' : parts.join(', ')}${how}${p.target === '' ? '' : `; target ${p.target}`}`;
  },
  check,
});

function check({ node, params: p, inputs }: CheckContext<Params>): Finding[] {
  const schema = inputs['rows'];
  const by = dividesBy(p);
  const columns: Finding[] = [
    ...columnFindings({ node, param: 'target' }, p.target, schema),
    ...columnFindings({ node, param: 'group' }, p.group, schema),
    ...columnFindings({ node, param: 'time' }, p.time, schema, { families: ['time', 'number'] }),
    ...columnFindings({ node, param: 'id' }, p.id, schema),
    ...columnFindings({ node, param: 'weight' }, p.weight, schema, { families: ['number'] }),
  ];
  if (by === 'group' && p.group === '') columns.push(notChosen({ node, param: 'group', title: 'The group column' }));
  if (by === 'time' && p.time === '') columns.push(notChosen({ node, param: 'time', title: 'The time column' }));
  const said = (['target', 'group', 'time', 'id', 'weight'] as const).filter((param) => p[param] !== '');
  for (const name of repeated(said.map((param) => p[param]))) {
    const two = said.filter((param) => p[param] === name);
    columns.push({
      code: 'split.two-roles',
      message: `"${name}" is named as ${two.join(' and as ')}; a column has one role.`,
      mend: 'Choose another column for one of them.',
      param: two.at(-1) ?? 'target',
      column: name,
    });
  }
  return [
    ...columns,
    ...fractionFindings(node, p),
    ...adviceFindings(node, p),
    ...(schema?.split === true ? secondSplit(node, p) : []),
  ];
}

function fractionFindings(node: string, p: Params): Finding[] {
  if (p.method !== 'folds' && p.testFraction + p.validationFraction >= 0.9999)
    return [
      {
        code: 'split.no-training',
        message: 'Test and validation together leave no rows to learn from.',
        mend: 'Make one of them smaller.',
        param: 'testFraction',
        fixes: [{ do: 'set', title: 'Use 20 % for the test', node, param: 'testFraction', value: 0.2 }],
      },
    ];
  if (p.method !== 'folds' && p.testFraction === 0 && p.validationFraction === 0)
    return [
      {
        code: 'split.nothing-aside',
        severity: 'warning',
        message: 'No rows are kept aside, so a model can be measured only on what it learnt from.',
        mend: 'Keep some rows for the test.',
        param: 'testFraction',
        fixes: [{ do: 'set', title: 'Use 20 % for the test', node, param: 'testFraction', value: 0.2 }],
      },
    ];
  return [];
}

function adviceFindings(node: string, p: Params): Finding[] {
  const findings: Finding[] = [];
  const by = dividesBy(p);
  const divide = (value: 'group' | 'time') =>
    p.method === 'folds' ? { param: 'foldBy', value } : { param: 'method', value };
  if (p.group !== '' && by !== 'group')
    findings.push({
      code: 'split.groups-torn',
      severity: 'warning',
      message: `Rows of one "${p.group}" may fall on both sides, so the test would look better than it is.`,
      mend: 'Divide by groups.',
      param: 'method',
      fixes: [{ do: 'set', title: 'Divide by groups', node, ...divide('group') }],
    });
  if (p.time !== '' && by === 'rows' && p.group === '')
    findings.push({
      code: 'split.time-mixed',
      severity: 'warning',
      message: `The test has rows from before and after the training rows by "${p.time}", so the model would know the future.`,
      mend: 'Divide by time, if the model will be used on later rows.',
      param: 'method',
      fixes: [{ do: 'set', title: 'Divide by time', node, ...divide('time') }],
    });
  if ((p.method === 'stratified' || p.stratify === 'yes') && p.target === '')
    findings.push({
      code: 'split.no-classes',
      message: 'To stratify, Split has to know the target.',
      mend: 'Choose the target.',
      param: 'target',
    });
  return findings;
}

/** A second Split on one wire may only take validation rows out of the training rows. */
function secondSplit(node: string, p: Params): Finding[] {
  const rule = 'A second Split may only divide the training rows of the first';
  if (p.method === 'folds')
    return [
      {
        code: 'split.twice',
        message: `${rule}; it cannot make folds.`,
        mend: 'Make the folds in the first Split.',
        param: 'method',
        fixes: [{ do: 'set', title: 'Divide at random', node, param: 'method', value: 'random' }],
      },
    ];
  const findings: Finding[] = [];
  if (p.testFraction > 0)
    findings.push({
      code: 'split.twice',
      message: `${rule}; the test rows are already chosen.`,
      mend: 'Set the test rows to 0 here.',
      param: 'testFraction',
      fixes: [{ do: 'set', title: 'No test rows here', node, param: 'testFraction', value: 0 }],
    });
  if (p.validationFraction === 0)
    findings.push({
      code: 'split.twice',
      message: `${rule}, to give validation rows.`,
      mend: 'Set a share of validation rows.',
      param: 'validationFraction',
      fixes: [{ do: 'set', title: 'Use 20 % for validation', node, param: 'validationFraction', value: 0.2 }],
    });
  return findings;
}
