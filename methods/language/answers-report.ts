/** What a batch of questions came to: how many were answered, how they ended, tokens, time and cost; and the failures by their words. */
import type { Report, ReportBlock } from '../../shared/report.ts';
import type { Finding } from '../../shared/spec/define-spec.ts';
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

/** How often each reason was given, the most frequent first. */
function failuresOf(answers: readonly Answer[]): [string, number][] {
  const failures = new Map<string, number>();
  for (const answer of answers)
    if ('problem' in answer) failures.set(answer.problem.message, (failures.get(answer.problem.message) ?? 0) + 1);
  return [...failures].sort((a, b) => b[1] - a[1]);
}

/** A failure stays in its row and ends no run: whoever looks at the run alone is told. */
export function failureWarning(answers: readonly Answer[]): Finding | undefined {
  const failures = failuresOf(answers);
  const [first] = failures;
  if (first === undefined) return undefined;
  const failed = failures.reduce((sum, [, count]) => sum + count, 0);
  const all = failed === answers.length;
  return {
    code: 'language.no-answer',
    severity: 'warning',
    message: `${all ? (failed === 1 ? 'The question has' : `All ${failed} questions have`) : `${failed} of ${answers.length} questions have`} no answer: ${first[0].replace(/\.$/, '')}${failures.length > 1 ? ', and for other reasons' : ''}.`,
    mend: 'Their rows say why; the next run asks them again, and them alone.',
  };
}

export function answersReport(model: string, { metrics }: AnswersSummary, answers: readonly Answer[]): Report {
  const failures = failuresOf(answers);
  const blocks: ReportBlock[] = [
    {
      type: 'metrics',
      items: Object.entries(metrics).map(([name, value]) => ({ name, title: titles[name] ?? name, value })),
    },
  ];
  if (failures.length > 0)
    blocks.push({
      type: 'table',
      title: 'Failures',
      columns: [
        { name: 'why', title: 'Why', align: 'left' },
        { name: 'count', title: 'Questions', align: 'right' },
      ],
      rows: failures.slice(0, 50),
    });
  return { title: `Answers of ${model}`, chips: [`${String(metrics['questions'])} different questions`], blocks };
}
