/**
 * Texts as tokens. Short ones here; long ones in a process of their own that has loaded the vocabulary alone: llama.cpp reads about a megabyte a second and cannot
 * be interrupted, and whoever is being answered meanwhile would wait for it.
 */
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import type { Llama, LlamaModel, Token } from 'node-llama-cpp';
import { startComputing, type Computing } from '../../compute/start-computing.ts';
import { processDied } from '../process-died.ts';
import { fail } from '../../../shared/errors.ts';

export interface TokenText {
  text: string;
  /** The names of special tokens in it are such tokens. */
  special: boolean;
}
export interface Tokens {
  /** Of each text; null where there are more in all than were asked for. */
  each: Token[][] | null;
  count: number;
}
export interface TokenReader {
  /** @param most more tokens than that are counted and not given */
  read: (
    model: LlamaModel,
    path: string,
    texts: readonly TokenText[],
    most: number,
    signal: AbortSignal,
  ) => Promise<Tokens>;
}
interface Asked {
  id: number;
  path: string;
  texts: readonly TokenText[];
  most: number;
}
type Reply =
  | { say: 'tokens'; id: number; count: number; each: number[][] | null }
  | { say: 'failed'; id: number; message: string };

/** About fifteen milliseconds of llama.cpp. */
const longestHere = 16_000;
/** The process goes when nobody asked it for so long. */
const idleMs = 60_000;

interface Waiting {
  resolve: (tokens: Tokens) => void;
  reject: (reason: unknown) => void;
}
interface Living {
  child: Computing['child'];
  stdin: Computing['stdin'];
  waiting: Map<number, Waiting>;
}

/** @param command starts a process whose body is `serveTokens` */
export function openTokenReader(command: readonly string[]): TokenReader {
  let living: Living | undefined;
  let timer: NodeJS.Timeout | undefined;
  let nextId = 1;

  function start(): Living {
    const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, { role: 'tokens' });
    const one: Living = { child, stdin, waiting: new Map() };
    stdin.on('error', () => undefined);
    stderr.resume();
    createInterface({ input: stdout }).on('line', (line) => {
      if (!line.startsWith('{"say":')) return;
      const reply: Reply = JSON.parse(line);
      const waits = one.waiting.get(reply.id);
      one.waiting.delete(reply.id);
      if (reply.say === 'failed') waits?.reject(notRead(reply.message));
      else waits?.resolve({ count: reply.count, each: reply.each as Token[][] | null });
      rest();
    });
    const end = (how: string): void => {
      if (living === one) living = undefined;
      for (const waits of one.waiting.values()) waits.reject(died(how));
      one.waiting.clear();
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => {
      if (living === one) living = undefined;
      void howItEnded(code, signal, '').then(({ how, memory }) =>
        end(memory === undefined ? how : 'since it needed more memory than it may have'),
      );
    });
    return one;
  }
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (living?.waiting.size !== 0) return;
      living.stdin.end();
      living = undefined;
    }, idleMs);
    timer.unref();
  };

  const apart = (path: string, texts: readonly TokenText[], most: number, signal: AbortSignal): Promise<Tokens> => {
    living ??= start();
    const { child, stdin, waiting } = living;
    const id = nextId++;
    return new Promise<Tokens>((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(id);
        reject(signal.reason);
        // It reads for nobody: a new one is quicker than its end.
        if (waiting.size > 0) return;
        child.kill('SIGKILL');
        if (living?.child === child) living = undefined;
      };
      signal.addEventListener('abort', leave, { once: true });
      const over =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', leave);
          then(value);
        };
      waiting.set(id, { resolve: over(resolve), reject: over(reject) });
      stdin.write(`${JSON.stringify({ id, path, texts, most } satisfies Asked)}\n`);
    });
  };

  return {
    read: async (model, path, texts, most, signal) => {
      signal.throwIfAborted();
      const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
      return characters > longestHere ? apart(path, texts, most, signal) : tokensOf(model, texts, most);
    },
  };
}

function tokensOf(model: LlamaModel, texts: readonly TokenText[], most: number): Tokens {
  const each = texts.map(({ text, special }) => (text === '' ? [] : model.tokenize(text, special)));
  const count = each.reduce((sum, tokens) => sum + tokens.length, 0);
  return { count, each: count > most ? null : each };
}

const died = (how: string) => processDied('The process that reads long texts as tokens', how);
/** It lives, and could not: what llama.cpp says of the file is no death that another try would mend. */
const notRead = (why: string) =>
  fail('language.not-read', {
    message: `A text could not be read as tokens: ${why}.`,
    mend: 'See whether the file of the model is whole: fetch or copy it again.',
  });

/** The body of that process: one vocabulary, one question after the other. */
export async function serveTokens(openLlama: () => Promise<Llama>): Promise<void> {
  const llama = await openLlama();
  let held: { path: string; model: LlamaModel } | undefined;
  const say = (reply: Reply): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, path, texts, most }: Asked = JSON.parse(line);
    try {
      if (held?.path !== path) {
        await held?.model.dispose();
        held = { path, model: await llama.loadModel({ modelPath: path, vocabOnly: true, gpuLayers: 0 }) };
      }
      say({ say: 'tokens', id, ...tokensOf(held.model, texts, most) });
    } catch (thrown) {
      say({ say: 'failed', id, message: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }
  process.exit(0);
}

/** Many small steps, between which others have their turn. */
export async function inTurns<T, R>(items: readonly T[], step: (item: T, i: number) => R): Promise<R[]> {
  const made: R[] = [];
  for (const [i, item] of items.entries()) {
    if (i % 2000 === 1999) await turn();
    made.push(step(item, i));
  }
  return made;
}
