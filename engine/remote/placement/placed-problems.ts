/** How a job may end other than by the engine's own word, in words. */
import { fail, type FlowyardError, type Problem } from '../../../shared/errors.ts';

export const endedEarly = (target: string, words: string): Problem => ({
  code: 'target.job-ended',
  severity: 'error',
  message: `The job on ${target} did not come to its end: ${words}.`,
  mend: 'Ask for more time or memory, or run again: what was finished is kept.',
});

export const lost = (target: string, words: string): Problem => ({
  code: 'target.job-lost',
  severity: 'error',
  message: `The job on ${target} is lost: it left no word of its end, and ${words}.`,
  mend: 'Run again: what was finished is kept.',
});

export const diedSilent = (target: string, stderr: string): Problem => ({
  code: 'run.process-died',
  severity: 'error',
  message: `The engine on ${target} failed before it could say why.`,
  mend: 'Test the remote.',
  ...(stderr.trim() === '' ? {} : { facts: { lastWords: stderr.trim() } }),
});

/** Before a run was handed over: that it is waited for, how long, and that a cancel ends it. */
export function notYetReached(
  { message, mend = '' }: Problem,
  mayBeThere: boolean,
  untilMs: number | undefined,
): string {
  if (mayBeThere) return `${message} It is asked until it answers: the job may be there already.`;
  if (untilMs === undefined) return `${message} ${mend}`.trim();
  return `${message} It is tried again until ${new Date(untilMs).toTimeString().slice(0, 5)}, unless it is cancelled.`;
}

export const asProblem = (error: unknown): FlowyardError =>
  fail(
    'target.failed',
    { message: error instanceof Error ? error.message : String(error), mend: 'Test the remote.' },
    { cause: error },
  );
