/**
 * A language-model worker, seen from whoever asks: questions with answers, text as it comes, cancel, and a death that is told to every question under way. The next
 * question starts a new process.
 */
import type { Writable } from 'node:stream';
import { startComputing, tooMuchMemory, type Computing, type End } from '../compute/start-computing.ts';
import { createInterface } from 'node:readline';
import { FlowyardError, toProblem } from '../../shared/errors.ts';
import { ciWord } from './ci-word.ts';
import { processDied } from './process-died.ts';
import type { WorkerReply, WorkerRequest } from './worker-protocol.ts';

type Ask = Exclude<WorkerRequest, { ask: 'cancel' }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
export interface LanguageWorker {
  ask: (
    question: WithoutId<Ask>,
    options: { signal: AbortSignal; onText?: ((text: string) => void) | undefined },
  ) => Promise<unknown>;
  /** Of the living process, for tests and the status bar. */
  pid: () => number | undefined;
  /** How often a process has died without being asked to. */
  deaths: () => number;
  close: () => Promise<void>;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  onText: ((text: string) => void) | undefined;
}
interface Living {
  child: Computing['child'];
  stdin: Writable;
  waiting: Map<number, Waiting>;
  ended: Promise<void>;
}

/** @param command The Node binary and the script of a worker. */
export function openLanguageWorker(command: readonly string[]): LanguageWorker {
  let living: Living | undefined;
  let [nextId, deaths, closed] = [1, 0, false];

  function start(): Living {
    const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, {
      role: 'language',
      env: { CI: ciWord(process.env['CI']) },
    });
    const waiting = new Map<number, Waiting>();
    let lastWords = '';
    stderr.on('data', (data: Buffer) => (lastWords = `${lastWords}${data.toString()}`.slice(-2000)));
    stdin.on('error', () => undefined);
    createInterface({ input: stdout }).on('line', (line) => {
      const reply = readReply(line);
      if (reply === undefined) lastWords = `${lastWords}${line}\n`.slice(-2000);
      else take(waiting, reply);
    });
    const ended = new Promise<void>((resolve) => {
      const end = (how: End): void => {
        if (!closed) deaths += 1;
        for (const one of waiting.values()) one.reject(died(how, lastWords));
        waiting.clear();
        resolve();
      };
      const gone = (): void => {
        if (living?.child === child) living = undefined;
      };
      child.once('error', (error) => {
        gone();
        end({ how: toProblem(error).message, memory: undefined });
      });
      child.once('close', (code, signal) => {
        gone();
        void howItEnded(code, signal, lastWords).then(end);
      });
    });
    return { child, stdin, waiting, ended };
  }

  return {
    ask: (question, { signal, onText }) => {
      signal.throwIfAborted();
      if (closed) return Promise.reject(new Error('the worker is closed'));
      living ??= start();
      const { stdin, waiting } = living;
      const id = nextId++;
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject, onText }));
      stdin.write(`${JSON.stringify({ ...question, id })}\n`);
      // Acknowledged at once: whoever withdrew does not wait for the process.
      const withdraw = (): void => {
        const one = waiting.get(id);
        waiting.delete(id);
        if (stdin.writable) stdin.write(`${JSON.stringify({ ask: 'cancel', id })}\n`);
        one?.reject(signal.reason);
      };
      signal.addEventListener('abort', withdraw, { once: true });
      return answer.finally(() => signal.removeEventListener('abort', withdraw));
    },
    pid: () => living?.child.pid,
    deaths: () => deaths,
    close: async () => {
      closed = true;
      const last = living;
      if (last === undefined) return;
      last.stdin.end();
      const timer = setTimeout(() => last.child.kill('SIGKILL'), 2000);
      await last.ended;
      clearTimeout(timer);
    },
  };
}

function take(waiting: Map<number, Waiting>, reply: WorkerReply): void {
  if (reply.say === 'ready') return;
  const one = waiting.get(reply.id);
  if (one === undefined) return;
  if (reply.say === 'text') return one.onText?.(reply.text);
  waiting.delete(reply.id);
  if (reply.say === 'done') one.resolve(reply.value);
  else one.reject(new FlowyardError(reply.problem));
}

/** Written by our own worker, thousands a second: not judged again. */
function readReply(line: string): WorkerReply | undefined {
  if (!line.startsWith('{"say":')) return undefined;
  try {
    const reply: WorkerReply = JSON.parse(line);
    return reply;
  } catch {
    return undefined;
  }
}

const died = ({ how, memory }: End, lastWords: string): FlowyardError => {
  if (memory !== undefined)
    return new FlowyardError({ severity: 'error', ...tooMuchMemory('The language model', memory) });
  return processDied('The process of the language model', how, {
    more: ' If it dies again, take a shorter context or a smaller model.',
    ...(lastWords.trim() === '' ? {} : { facts: { lastWords: lastWords.trim() } }),
  });
};
