/** Many questions to one model: some at a time, tried again with growing waits, remembered by all that decided the answer. A failure is an answer too, never lost and never an end of the others, but for a key that is refused. */
import { FlowyardError, toProblem, type Problem } from '../../shared/errors.ts';
import {
  loginRefusedCode,
  type AnswerCache,
  type GenerateRequest,
  type Generation,
  type LanguageModel,
} from '../../shared/language/language-model.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';

export interface AskManyOptions {
  signal: AbortSignal;
  concurrency: number;
  retries: number;
  /** Null: nothing is remembered. */
  answers: AnswerCache | null;
  hash: (text: string) => string;
  onAnswer?: (done: number, failed: number) => void;
  /** A question waits so long before it is asked again. */
  onWait?: (ms: number, why: Problem) => void;
  /** For tests. Default: half a second, doubled each time, at most a minute. */
  waitMs?: (attempt: number) => number;
}
export type Answer =
  | { generation: Generation; remembered: boolean; attempts: number }
  | { problem: Problem; attempts: number };

/** Reasons that may pass. All others are the question's own. */
const passing = new Set([
  'endpoint.broken-off',
  'endpoint.busy',
  'endpoint.silent',
  'endpoint.too-slow',
  'endpoint.unreachable',
  'language.worker-died',
]);
/** An endpoint that wants to be left alone for longer is not waited for: a run that stands still for a day helps nobody. */
export const longestWaitMs = 120_000;
const defaultWait = (attempt: number): number => Math.min(60_000, 500 * 2 ** (attempt - 1));

/** Of model, question and settings: by this name an answer is remembered. */
export const questionHash = (
  model: Pick<LanguageModel, 'hash'>,
  request: GenerateRequest,
  hash: (text: string) => string,
): string => hash(compactJson({ model: model.hash, request: JSON.parse(JSON.stringify(request)) }));

export async function askMany(
  model: LanguageModel,
  requests: readonly GenerateRequest[],
  options: AskManyOptions,
): Promise<Answer[]> {
  const answers: (Answer | undefined)[] = requests.map(() => undefined);
  let [next, done, failed] = [0, 0, 0];
  let hopeless: Problem | undefined;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const request = requests[i];
      if (request === undefined) return;
      const answer = await askOne(model, request, options);
      answers[i] = answer;
      if (isHopeless(answer, done > failed)) {
        hopeless ??= answer.problem;
        // Those under way come to their end; no other is begun.
        next = requests.length;
      }
      done += 1;
      if ('problem' in answer) failed += 1;
      options.onAnswer?.(done, failed);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, requests.length) }, lane));
  if (hopeless !== undefined) throw new FlowyardError(withRest(hopeless, requests.length - done));
  return answers.filter((answer) => answer !== undefined);
}

/** A key that is refused is refused for every question. Some endpoints say 403 to a text that they do not like: not where the key was good for others. */
const isHopeless = (answer: Answer, someAnswered: boolean): answer is Extract<Answer, { problem: unknown }> =>
  'problem' in answer &&
  answer.problem.code === loginRefusedCode &&
  (answer.problem.facts?.['status'] !== 403 || !someAnswered);

const withRest = (problem: Problem, rest: number): Problem =>
  rest === 0
    ? problem
    : {
        ...problem,
        message: `${problem.message.replace(/\.$/, '')}. ${rest.toLocaleString('en-US')} more ${rest === 1 ? 'question was' : 'questions were'} not asked.`,
      };

async function askOne(model: LanguageModel, request: GenerateRequest, options: AskManyOptions): Promise<Answer> {
  const { signal, answers, retries, waitMs = defaultWait } = options;
  const name = questionHash(model, request, options.hash);
  const known = answers === null ? undefined : readAnswer(await answers.get(name));
  if (known !== undefined) return { generation: known, remembered: true, attempts: 0 };
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      const generation = await model.generate(request, { signal });
      await answers?.put(name, generation);
      return { generation, remembered: false, attempts: attempt };
    } catch (thrown) {
      signal.throwIfAborted();
      const problem = toProblem(thrown);
      if (attempt > retries || !passing.has(problem.code)) return { problem, attempts: attempt };
      const wished = problem.facts?.['retryAfterMs'];
      const wait = typeof wished === 'number' ? wished : waitMs(attempt);
      if (wait > longestWaitMs) return { problem: afterTooLong(problem, wait), attempts: attempt };
      options.onWait?.(wait, problem);
      await pause(wait, signal);
    }
  }
}

const afterTooLong = (problem: Problem, ms: number): Problem => ({
  ...problem,
  message: `${problem.message.replace(/\.$/, '')}. It wants to be asked again in ${sayTime(ms)}, and is waited for ${sayTime(longestWaitMs)} at most.`,
  mend: `Run again in ${sayTime(ms)}: what was answered is remembered. Or ask fewer at a time.`,
});

/** "90 seconds", "15 minutes", "24 hours". */
export function sayTime(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

/** Written by this program, perhaps by an older one. */
function readAnswer(value: unknown): Generation | undefined {
  const isOne =
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    'completionTokens' in value &&
    'toolCalls' in value;
  return isOne ? (value as Generation) : undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      try {
        signal.throwIfAborted();
      } catch (reason) {
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      }
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
