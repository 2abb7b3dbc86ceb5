import type { AnswerColumn } from './model-task.ts';

/** How many numbers stand beside each answer: a probability for each class, or what else a task gives. */
export const countFigures = (columns: readonly AnswerColumn[]): number =>
  columns.filter(({ from }) => typeof from === 'object').length;
