/** The preview process, seen from the host: typed calls over its streams, and a death that is told in words. */
import { fail, FlowyardError, toProblem, type Problem } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/client.ts';
import { protocolVersion } from '../../shared/rpc/contract.ts';
import { readWords, type Words } from '../compute/at-work.ts';
import { crashed, startComputing, tooMuchMemory, type End } from '../compute/start-computing.ts';
import type { Client } from '../../shared/rpc/typed.ts';
import { processContract, type ProcessContract, type PreviewRequest } from './preview-contract.ts';
import { streamPipe } from './stream-pipe.ts';

export interface PreviewProcess {
  pid: number | undefined;
  api: Client<ProcessContract>;
  isGone: () => boolean;
  /** Resolves when the process is gone, with the words for whoever waited on it. */
  ended: Promise<Problem>;
  /** A failed call in the words of what happened: a lost line means that the process died. */
  explain: (thrown: unknown) => Promise<unknown>;
  /** Closes its input and waits; kills it after `killAfterMs`. */
  stop: () => Promise<void>;
}
export interface PreviewProcessOptions {
  /** The Node binary, the script and its role. */
  command: readonly string[];
  killAfterMs?: number;
  /** One that has not begun to answer by then is ended: whoever waits is told, and the next one may. */
  greetWithinMs?: number;
  /** Default: what previews get of this machine. */
  limitBytes?: number | undefined;
}

export function startPreviewProcess(
  request: PreviewRequest,
  { command, killAfterMs = 2000, greetWithinMs = 60_000, limitBytes }: PreviewProcessOptions,
): PreviewProcess {
  const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, {
    role: 'preview',
    limitBytes,
    args: [JSON.stringify(request)],
  });
  const ended = Promise.withResolvers<Problem>();
  let gone = false;
  const words = readWords(stderr);
  const pipe = streamPipe(stdout, stdin);
  const connection = connect({ contract: processContract, protocol: protocolVersion, open: async () => pipe });
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    gone = true;
    child.kill('SIGKILL');
  }, greetWithinMs);
  late.unref();
  connection.onState(({ name }) => {
    if (name === 'open') clearTimeout(late);
  });
  const end = (problem: Problem): void => {
    gone = true;
    clearTimeout(late);
    ended.resolve(problem);
    // A new process gets a new connection: this one is not tried again.
    connection.close();
  };
  // A process that cannot be spoken to is of no use, alive or not.
  pipe.onClose(() => {
    gone = true;
    child.kill('SIGKILL');
  });
  child.once('error', (error) => end(toProblem(error)));
  child.once('close', (code, signal) => {
    gone = true;
    void howItEnded(code, signal, words.last()).then((how) =>
      end(isLate ? neverAnswered(greetWithinMs) : died(how, signal, words)),
    );
  });
  return {
    pid: child.pid,
    api: connection.api,
    isGone: () => gone,
    ended: ended.promise,
    explain: async (thrown) =>
      thrown instanceof FlowyardError && thrown.code.startsWith('connection.')
        ? new FlowyardError(await ended.promise, { cause: thrown })
        : thrown,
    stop: async () => {
      // Nobody asks it anything from now on.
      gone = true;
      stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      await ended.promise;
      clearTimeout(timer);
    },
  };
}

const neverAnswered = (ms: number): Problem =>
  fail('preview.process-died', {
    message: `The process that computes previews did not begin to answer within ${Math.round(ms / 1000)} s.`,
    mend: 'Try again: it is started anew.',
  }).problem;

function died({ how, memory: wanted }: End, signal: NodeJS.Signals | null, words: Words): Problem {
  const lastWords = words.last();
  if (wanted !== undefined) return { severity: 'error', ...tooMuchMemory('What you looked at', wanted, words.node()) };
  const crash = crashed('What you looked at', signal, words.node());
  if (crash !== undefined) return { severity: 'error', ...crash };
  const memory = signal === 'SIGKILL' ? ' The system may have run out of memory.' : '';
  return fail('preview.process-died', {
    message: `The process that computes previews ended ${how}.${memory}`,
    mend: 'Try again: it is started anew.',
    ...(lastWords.trim() === '' ? {} : { facts: { lastWords: lastWords.trim() } }),
  }).problem;
}
