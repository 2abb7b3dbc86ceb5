/** The questions of a node, asked with its settings: what is done, what failed and what is waited for is shown as it happens. */
import type { TaskContext } from '../../shared/capabilities.ts';
import type { AnswerCache, GenerateRequest, LanguageModel } from '../../shared/language/language-model.ts';
import { askMany, sayTime, type Answer } from './ask-many.ts';

type Context = Pick<TaskContext<unknown>, 'signal' | 'progress' | 'hash'> & {
  params: { concurrency: number; retries: number; remember: boolean };
};

/** @param done what an answer is called: "answered", "verdicts" */
export function askRows(
  { params, signal, progress, hash }: Context,
  { model, answers, done }: { model: LanguageModel; answers: AnswerCache; done: string },
  requests: readonly GenerateRequest[],
): Promise<Answer[]> {
  let reported = { done: 0, failed: 0 };
  const notify = (more = ''): void =>
    progress(
      reported.done / requests.length,
      `${reported.done} of ${requests.length} ${done}${reported.failed === 0 ? '' : `, ${reported.failed} failed`}${more}`,
    );
  return askMany(model, requests, {
    signal,
    concurrency: params.concurrency,
    retries: params.retries,
    answers: params.remember ? answers : null,
    hash,
    onAnswer: (count, failed) => {
      reported = { done: count, failed };
      notify();
    },
    onWait: (ms, { message }) => notify(`; waiting ${sayTime(ms)} to ask again: ${message}`),
  });
}
