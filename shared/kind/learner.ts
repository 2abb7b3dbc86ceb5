/** What every trainer declares alike: target, features, the ports, and what can be said about them before a run. */
import { typeFamily, type Column, type TableSchema } from '../wires.ts';
import { isAudioType } from '../media/audio.ts';
import { isImageType } from '../media/image.ts';
import { likelyTarget } from './likely-target.ts';
import { absentColumn, absentColumns } from './column-findings.ts';
import { pickColumns } from './columns.ts';
import type { CheckContext, Finding, Port } from './define-spec.ts';
import { field, type ColumnRule } from './fields/fields.ts';

export const learnerInputs: Readonly<Record<string, Port>> = { rows: { wire: 'table', title: 'Rows' } };
export const learnerOutputs: Readonly<Record<string, Port>> = {
  model: { wire: 'model', title: 'Model' },
  report: { wire: 'report', title: 'Training report' },
};

export const learnerFields = {
  target: field.column({ title: 'Target', help: 'The column to predict. Empty: the target that Split named.' }),
  columns: field.columns({
    title: 'Features',
    help: 'The columns to learn from: numbers, yes/no columns, dates and times. A rule never picks the target, ids, groups or weights.',
    families: ['number', 'boolean', 'time'],
  }),
};
export const taskField = field.choice({
  title: 'Task',
  help: 'Classes or a number. Automatic: texts, yes/no columns and whole numbers with few different values are classes.',
  choices: { auto: 'found from the target', classification: 'classification', regression: 'regression' },
  default: 'auto',
});

export interface LearnerParams {
  target: string;
  columns: ColumnRule;
}

export const sayTarget = (target: string): string => (target === '' ? 'the target' : target);

/** The target by parameter or role. */
export const targetOf = (params: LearnerParams, columns: readonly Column[]): Column | undefined =>
  params.target === '' ? columns.find((c) => c.role === 'target') : columns.find((c) => c.name === params.target);

/** What a learner may read: numbers, booleans and times that the rule picks, without the target. */
export const featuresOf = (rule: ColumnRule, columns: readonly Column[], target: string): Column[] =>
  pickColumns(rule, columns, ['number', 'boolean', 'time']).filter((c) => c.name !== target && isReadable(c));

/** Texts that the rule would pick if a learner could read them. */
export const textFeaturesOf = (rule: ColumnRule, columns: readonly Column[], target: string): Column[] =>
  pickColumns(rule, columns).filter((c) => c.name !== target && typeFamily(c.type) === 'text');

/** Numbers, yes/no columns, dates and times: what is read as a number. */
export const isReadable = (c: Column): boolean => ['number', 'boolean', 'time'].includes(typeFamily(c.type));

export function leftOutTexts(texts: readonly Column[], node: string): Finding {
  const names = texts.map((c) => c.name);
  return {
    code: 'train.text-left-out',
    severity: 'warning',
    message: `${names.length === 1 ? `The text column ${names[0]} is` : `The text columns ${names.join(', ')} are`} left out: a model reads numbers.`,
    mend: 'Put Encode before, or leave them out by the rule.',
    param: 'columns',
    facts: { columns: names },
    fixes: [
      {
        do: 'insert',
        title: 'Insert Encode before',
        kind: 'prepare.encode',
        params: { columns: { by: 'names', names } },
        node,
        side: 'before',
        port: 'rows',
      },
    ],
  };
}

/** Objects, lists, bytes and spans of time, as JSON and Parquet bring them. Images, sounds and vectors have trainers of their own. */
const isNested = (c: Column): boolean =>
  typeFamily(c.type) === 'other' && !isImageType(c.type) && !isAudioType(c.type) && !/^(FLOAT|DOUBLE)\[/.test(c.type);

function leftOutNested(nested: readonly Column[]): Finding {
  const names = nested.map((c) => c.name);
  const listed = names.slice(0, 5).map((name) => `"${name}"`);
  const [first = ''] = names;
  return {
    code: 'train.nested-left-out',
    severity: 'warning',
    message: `${listed.join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''} ${names.length === 1 ? 'holds' : 'hold'} objects, lists or bytes and ${names.length === 1 ? 'is' : 'are'} left out: a model reads numbers.`,
    mend: `Take out what matters by a formula before, such as ${first}.field or len(${first}), or leave ${names.length === 1 ? 'it' : 'them'} out by the rule.`,
    param: 'columns',
    facts: { columns: names },
  };
}

/** Findings before a run, from the schema alone. */
export function checkLearner(
  { node, params, inputs }: CheckContext<LearnerParams>,
  targets?: { families: readonly string[]; say: string },
): Finding[] {
  const schema = inputs['rows'];
  if (!schema) return [];
  const findings = [...checkTarget(node, params, schema, targets), ...absentColumns(params.columns, schema.columns)];
  const target = targetOf(params, schema.columns)?.name ?? '';
  const texts = textFeaturesOf(params.columns, schema.columns, target);
  if (texts.length > 0) findings.push(leftOutTexts(texts, node));
  const nested = pickColumns(params.columns, schema.columns).filter((c) => c.name !== target && isNested(c));
  if (nested.length > 0) findings.push(leftOutNested(nested));
  if (featuresOf(params.columns, schema.columns, target).length === 0 && (schema.dynamic ?? []).length === 0)
    findings.push({
      code: 'train.no-features',
      message: 'There is no column to learn from.',
      mend:
        texts.length > 0
          ? 'Encode the text columns first.'
          : 'Let the rule pick at least one number, yes/no column or date.',
      param: 'columns',
    });
  return findings;
}

/** Is there a target, and can it be predicted? */
export function checkTarget(
  node: string,
  params: LearnerParams,
  schema: TableSchema,
  targets?: { families: readonly string[]; say: string },
): Finding[] {
  const role = schema.columns.find((c) => c.role === 'target');
  if (params.target === '' && !role) {
    const likely = likelyTarget(schema.columns);
    return [
      {
        code: 'train.no-target',
        message: 'No column is named as the target.',
        mend: schema.split
          ? 'Name the target on Split, or choose it here.'
          : 'Put Split before and name the target there, or choose it here.',
        param: 'target',
        ...(likely === undefined
          ? {}
          : { fixes: [{ do: 'set', title: `Predict "${likely}"`, node, param: 'target', value: likely }] }),
      },
    ];
  }
  if (params.target !== '' && !schema.columns.some((c) => c.name === params.target))
    return [absentColumn(params.target, schema.columns, 'target')];
  if (params.target !== '' && role && role.name !== params.target)
    return [
      {
        code: 'train.other-target',
        message: `Split was told that the target is "${role.name}", but this node is to predict "${params.target}".`,
        mend: 'Let both name the same column: what was prepared with one target may give the other away.',
        param: 'target',
        column: params.target,
        fixes: [{ do: 'set', title: `Predict "${role.name}"`, node, param: 'target', value: '' }],
      },
    ];
  const target = targetOf(params, schema.columns);
  const family = target ? typeFamily(target.type) : 'other';
  if (target && (family === 'time' || family === 'other'))
    return [
      {
        code: 'train.target-type',
        message: `The target "${target.name}" is ${target.type}, which is neither a class nor a number.`,
        mend: 'Derive a number or a text from it before Split.',
        param: 'target',
        column: target.name,
      },
    ];
  if (target && targets && !targets.families.includes(family))
    return [
      {
        code: 'train.target-type',
        message: `The target "${target.name}" is ${target.type}; ${targets.say}.`,
        mend: 'Choose another trainer or another target.',
        param: 'target',
        column: target.name,
      },
    ];
  return [];
}
