/** What the evaluating kinds declare alike. */
import type { Finding, Port } from './define-spec.ts';
import type { CheckContext } from './define-spec.ts';
import { field } from './fields/fields.ts';

export const evaluatorInputs: Readonly<Record<string, Port>> = {
  model: { wire: 'model', title: 'Model' },
  rows: { wire: 'table', title: 'Rows' },
};
export const evaluatorOutputs: Readonly<Record<string, Port>> = { report: { wire: 'report', title: 'Evaluation' } };

export const rowsField = field.choice({
  title: 'Rows to measure on',
  help: 'Automatic: the test rows of Split, else the validation rows; without a Split all rows, and it is said so.',
  choices: {
    auto: 'automatic',
    test: 'test rows',
    validation: 'validation rows',
    train: 'training rows',
    all: 'all rows',
  },
  default: 'auto',
});
const measuredRows = {
  auto: 'the test rows',
  test: 'the test rows',
  validation: 'the validation rows',
  train: 'the training rows',
  all: 'all rows',
} as const;
export const sayMeasuredRows = ({ rows }: { rows: keyof typeof measuredRows }): string =>
  `measure on ${measuredRows[rows]}`;

export const classFields = {
  positive: field.text({
    title: 'Positive class',
    help: 'Of two classes, the one that precision, recall and the curves are about. Empty: the rarer one of the training rows if it has less than 40 % of them, else yes, true, 1 or positive, else the later one.',
    default: '',
  }),
  threshold: field.optionalNumber({
    title: 'Threshold',
    help: 'From which probability of the positive class on a row is called positive. Empty: the more likely class.',
    min: 0,
    max: 1,
    step: 0.01,
  }),
};

export function checkEvaluator({ params, inputs }: CheckContext<{ rows: string }>): Finding[] {
  const schema = inputs['rows'];
  if (!schema || schema.split || params.rows === 'auto' || params.rows === 'all') return [];
  return [
    {
      code: 'evaluate.no-split',
      message: `The rows are not split, so there are no ${params.rows} rows.`,
      mend: 'Put Split before, or measure on all rows.',
      param: 'rows',
    },
  ];
}
