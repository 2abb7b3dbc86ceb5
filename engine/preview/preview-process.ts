/** The preview process, seen from the host: typed calls over its streams, and a death that is told in words. */
import { spawn } from 'node:child_process';
import { fail, FlowyardError, toProblem, type Problem } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/client.ts';
import { protocolVersion } from '../../shared/rpc/contract.ts';
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
}

export function startPreviewProcess(
  request: PreviewRequest,
  { command, killAfterMs = 2000 }: PreviewProcessOptions,
): PreviewProcess {
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, [...args, JSON.stringify(request)], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = Promise.withResolvers<Problem>();
  let gone = false;
  let lastWords = '';
  child.stderr.on('data', (data: Buffer) => (lastWords = `${lastWords}${data.toString()}`.slice(-4000)));
  const pipe = streamPipe(child.stdout, child.stdin);
  const connection = connect({ contract: processContract, protocol: protocolVersion, open: async () => pipe });
  const end = (problem: Problem): void => {
    gone = true;
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
  child.once('close', (code, signal) => end(died(code, signal, lastWords)));
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
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      await ended.promise;
      clearTimeout(timer);
    },
  };
}

function died(code: number | null, signal: NodeJS.Signals | null, lastWords: string): Problem {
  const how = signal === null ? `with code ${code ?? '?'}` : `by ${signal}`;
  const memory = signal === 'SIGKILL' ? ' The system may have run out of memory.' : '';
  return fail('preview.process-died', {
    message: `The process that computes previews ended ${how}.${memory}`,
    mend: 'Try again: it is started anew.',
    ...(lastWords.trim() === '' ? {} : { facts: { lastWords: lastWords.trim() } }),
  }).problem;
}
