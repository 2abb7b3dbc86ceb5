/** What a batch of questions came to: how many were answered, how they ended, tokens, time and cost; and the failures by their words. */
import { failuresBlocks, type FailedRow } from '../../shared/run/failed-rows.ts';
import type { Report } from '../../shared/report.ts';
import type { Answer } from './ask-many.ts';

export interface AnswersSummary {
  metrics: Record<string, number | null>;
  words: string;
}

export function summarise(answers: readonly Answer[]): AnswersSummary {
  const good = answers.flatMap((answer) => ('generation' in answer ? [answer] : []));
  const fresh = good.filter((answer) => !answer.remembered);
  const sum = (of: (answer: (typeof good)[number]) => number): number =>
    good.reduce((total, answer) => total + of(answer), 0);
  const completion = sum((a) => a.generation.completionTokens);
  const costs = good.map((a) => a.generation.cost);
  const freshMs = fresh.reduce((total, a) => total + a.generation.ms, 0);
  const freshTokens = fresh.reduce((total, a) => total + a.generation.completionTokens, 0);
  const failed = answers.length - good.length;
  const cost = costs.includes(null) ? null : costs.reduce<number>((total, c) => total + (c ?? 0), 0);
  return {
    metrics: {
      questions: answers.length,
      answered: good.length,
      failed,
      remembered: good.length - fresh.length,
      prompt_tokens: sum((a) => a.generation.promptTokens),
      completion_tokens: completion,
      tokens_per_second: freshMs === 0 ? null : (1000 * freshTokens) / freshMs,
      cut: good.filter((a) => a.generation.reason === 'length').length,
      cost,
    },
    words: `${good.length} of ${answers.length} questions answered, ${good.length - fresh.length} of them from memory, ${completion.toLocaleString('en-US')} tokens written${failed === 0 ? '' : `; ${failed} failed`}`,
  };
}

const titles: Readonly<Record<string, string>> = {
  questions: 'Questions',
  answered: 'Answered',
  failed: 'Failed',
  remembered: 'From memory',
  prompt_tokens: 'Tokens read',
  completion_tokens: 'Tokens written',
  tokens_per_second: 'Tokens a second',
  cut: 'Cut by the limit',
  cost: 'Cost',
  self_consistency: 'Says the same again',
};

/** @param rows how many rows have each question. Default: one */
export const failedAnswers = (answers: readonly Answer[], rows: readonly number[] = []): FailedRow[] =>
  answers.flatMap((answer, i) => ('problem' in answer ? [{ problem: answer.problem, rows: rows[i] ?? 1 }] : []));

export function answersReport(model: string, { metrics }: AnswersSummary, failed: readonly FailedRow[]): Report {
  return {
    title: `Answers of ${model}`,
    chips: [`${String(metrics['questions'])} different questions`],
    blocks: [
      {
        type: 'metrics',
        items: Object.entries(metrics).map(([name, value]) => ({ name, title: titles[name] ?? name, value })),
      },
      ...failuresBlocks({ failed }),
    ],
  };
}
