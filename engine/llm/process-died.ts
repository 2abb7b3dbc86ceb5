/** The end of a process that did something for a language model, in one form of words: whoever asked is told what ended, and that asking again starts it anew. */
import { fail, type FlowyardError, type ProblemDetails } from '../../shared/errors.ts';

/** @param what as the beginning of a sentence: "The process of the language model" @param how it ended: "by SIGKILL" */
export const processDied = (
  what: string,
  how: string,
  { more = '', facts }: { more?: string; facts?: NonNullable<ProblemDetails['facts']> } = {},
): FlowyardError =>
  fail('language.worker-died', {
    message: `${what} ended ${how}.${how.includes('SIGKILL') ? ' The system may have run out of memory.' : ''}`,
    mend: `Ask again: it starts anew.${more}`,
    ...(facts === undefined ? {} : { facts }),
  });
