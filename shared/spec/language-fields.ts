/** Settings of kinds that ask a language model, declared alike. */
import type { Sampling } from '../language/language-model.ts';
import { failingRows } from './failing-rows.ts';
import { field } from './fields.ts';

/** Of kinds that read a question from each row. */
export const questionField = field.column({
  title: 'Question',
  help: 'The column of questions.',
  families: ['text'],
});

export const answerFields = {
  temperature: field.optionalNumber({
    title: 'Temperature',
    help: '0 always takes the likeliest token. Empty: as the model says.',
    min: 0,
    max: 5,
    step: 0.1,
    section: 'Answers',
  }),
  maxTokens: field.optionalNumber({
    title: 'Max tokens',
    help: 'An answer ends after so many tokens, whole or not. Empty: as the model says.',
    min: 1,
    step: 1,
    unit: 'tokens',
    section: 'Answers',
  }),
  stop: field.texts({
    title: 'Stop sequences',
    help: 'An answer ends before the first of these.',
    section: 'Answers',
  }),
  seed: field.integer({
    title: 'Seed',
    help: 'The same seed gives the same draws.',
    default: 42,
    min: 0,
    section: 'Answers',
  }),
};

export const askingFields = {
  concurrency: field.integer({
    title: 'Concurrency',
    help: 'How many questions are under way together. On the processor one is about as fast as several; on a GPU and at endpoints more is faster.',
    default: 1,
    min: 1,
    max: 64,
    section: 'Asking',
  }),
  retries: field.integer({
    title: 'Max retries',
    help: 'How often a question that failed for reasons that may pass (a busy endpoint, a worker that died) is asked again, each time after a longer wait.',
    default: 3,
    min: 0,
    max: 20,
    section: 'Asking',
  }),
  remember: field.switch({
    title: 'Cache',
    help: 'A question that this model was asked before with the same settings is answered from memory.',
    default: true,
    section: 'Asking',
  }),
  ...failingRows,
};

interface AnswerParams {
  temperature: number | null;
  maxTokens: number | null;
  stop: readonly string[];
  seed: number;
}
export const samplingOf = (p: AnswerParams): Partial<Sampling> => ({
  ...(p.temperature === null ? {} : { temperature: p.temperature }),
  ...(p.maxTokens === null ? {} : { maxTokens: p.maxTokens }),
  ...(p.stop.length === 0 ? {} : { stop: [...p.stop] }),
  seed: p.seed,
});
