/** One of several classes for each row, with the probability of each. */
import { evaluateClassification } from '../../evaluation/evaluate-classification.ts';
import { readClassRows } from '../../evaluation/positive-class.ts';
import { classLabels } from '../../onnx/class-outputs.ts';
import type { AnswerColumn, ModelTask } from '../model-task.ts';
import { mostLikely } from './most-likely.ts';
import { worstMistakes } from './worst-mistakes.ts';

export const task: ModelTask = {
  task: 'classification',
  gives: 'classes',
  answers: ({ target, classes }) => [
    { name: 'prediction', type: target.type, from: 'label' },
    ...classes.map((label, figure): AnswerColumn => ({
      name: `probability_${String(label)}`,
      type: 'DOUBLE',
      from: { figure },
    })),
  ],
  read: (outputs, rows) => ({ prediction: mostLikely(outputs, rows), probabilities: outputs }),
  addAnswers: (g, outputs, { classes }) => ({ prediction: classLabels(g, outputs, classes), probabilities: outputs }),
  sayExported: ({ classes }, { prediction, probabilities }) =>
    `the outputs are "${prediction}", the class, and "${probabilities}" in the order ${classes.map(String).join(', ')}`,
  measured: {
    truth: 'label',
    node: 'Evaluate classification',
    evaluate: (scored, { isBaseline, positive, threshold, facts }) =>
      evaluateClassification(scored, {
        isBaseline,
        positive,
        threshold,
        classRows: readClassRows(facts, scored.classes.map(String)),
      }),
    worst: worstMistakes,
  },
};
