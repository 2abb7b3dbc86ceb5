/** Answers as a service gives them: one object a row, with every output that the model's task names. */
import { countFigures } from '../../../methods/tasks/count-figures.ts';
import type { AnswerColumn } from '../../../methods/tasks/model-task.ts';
import type { Answers } from './answer-rows.ts';
import type { Predictor } from '../predictor.ts';
import type { Prediction } from './scorer.ts';

type Answered = Pick<Predictor, 'model' | 'task'>;

/** Numbers beside the answer that are no probability of a class, such as the bounds of an interval: their column and their place among the figures. */
export const figureColumns = ({ model, task }: Answered): { name: string; figure: number }[] =>
  task
    .answers(model)
    .flatMap(({ name, from }: AnswerColumn) =>
      typeof from === 'object' && from.figure >= model.classes.length ? [{ name, figure: from.figure }] : [],
    );

export function toPredictions(answered: Answered, { prediction, probabilities, rows, notes }: Answers): Prediction[] {
  const { model, task } = answered;
  const { classes } = model;
  const width = countFigures(task.answers(model));
  const figures = figureColumns(answered);
  const numberAt = (row: number, figure: number): number => probabilities[row * width + figure] ?? Number.NaN;
  const beside = (row: number | undefined): Record<string, number | null> =>
    Object.fromEntries(
      figures.map(({ name, figure }) => [name, row === undefined ? null : orNull(numberAt(row, figure))]),
    );
  return Array.from({ length: rows }, (_, i): Prediction => {
    const note = notes.get(i);
    if (note !== undefined) return { prediction: null, probabilities: null, ...beside(undefined), note };
    const value = prediction[i] ?? Number.NaN;
    // What is no class is a number.
    if (classes.length === 0) return { prediction: orNull(value), probabilities: null, ...beside(i) };
    return {
      prediction: classes[value] ?? null,
      probabilities: Object.fromEntries(classes.map((c, k) => [String(c), numberAt(i, k)])),
      ...beside(i),
    };
  });
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
