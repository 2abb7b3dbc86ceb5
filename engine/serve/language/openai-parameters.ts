/** What of OpenAI's parameters is not done here. What would change the answer is refused by its name: a caller whose wish is left aside in silence takes the answer for what it is not. */
import { fail } from '../../../shared/errors.ts';

/** For the caller's own books, or for speed: the answer is the same without. */
const harmless = new Set([
  'cache_prompt',
  'metadata',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'store',
  'user',
]);

interface NotDone {
  /** Values that ask for nothing. */
  neutral: readonly unknown[];
  mend: string;
}
const leaveOut = 'Leave it out.';
const notDone: Readonly<Record<string, NotDone>> = {
  audio: { neutral: [], mend: leaveOut },
  best_of: { neutral: [1], mend: 'Ask several times, with other seeds, and choose yourself.' },
  echo: { neutral: [false], mend: 'Put the prompt before the answer yourself.' },
  function_call: { neutral: ['none'], mend: 'Use "tools" and "tool_choice".' },
  functions: { neutral: [[]], mend: 'Use "tools".' },
  logit_bias: { neutral: [{}], mend: leaveOut },
  logprobs: { neutral: [false], mend: 'Probabilities of texts come from the node Score texts.' },
  modalities: { neutral: [['text']], mend: 'Answers are text.' },
  reasoning_effort: { neutral: ['none'], mend: leaveOut },
  suffix: { neutral: [''], mend: leaveOut },
  top_logprobs: { neutral: [0], mend: 'Probabilities of texts come from the node Score texts.' },
  verbosity: { neutral: ['medium'], mend: 'Say in the prompt how long the answer should be.' },
  web_search_options: { neutral: [], mend: leaveOut },
};

/** @param known names that are read @throws `openai.not-done` and `openai.unknown-parameter`, as OpenAI does */
export function refuseNotDone(body: unknown, known: readonly string[]): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  for (const [name, value] of Object.entries(body)) {
    if (value === null || known.includes(name) || harmless.has(name)) continue;
    const undone = Object.hasOwn(notDone, name) ? notDone[name] : undefined;
    if (undone === undefined)
      throw fail('openai.unknown-parameter', {
        message: `There is no parameter "${name}" here.`,
        mend: 'Leave it out, or correct its name.',
        facts: { param: name },
      });
    if (undone.neutral.some((one) => JSON.stringify(one) === JSON.stringify(value))) continue;
    throw fail('openai.not-done', {
      message: `"${name}" is not done by this service.`,
      mend: undone.mend,
      facts: { param: name },
    });
  }
}
