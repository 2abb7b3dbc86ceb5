/**
 * Chat templates rendered apart from whoever serves or runs, within limits of time, memory and length. A process for each template, kept warm: one that does not
 * end holds up nobody but those who ask it.
 */
import { createInterface } from 'node:readline';
import { startComputing, type Computing } from '../../compute/start-computing.ts';
import { fail, FlowyardError, toProblem } from '../../../shared/errors.ts';
import type { PromptPart, RenderJob } from '../../../shared/language/language-model.ts';
import { processDied } from '../process-died.ts';
import { mostRenderMegabytes, type RenderReply, type RenderRequest } from './template-protocol.ts';

export interface Templates {
  /** @throws `language.template-limit`, `language.template-failed`, `language.bad-template`, `language.too-long` */
  render: (
    template: string,
    jobs: readonly RenderJob[],
    options: { signal: AbortSignal; mostCharacters: number },
  ) => Promise<PromptPart[][]>;
  /** Of the living processes, for tests. */
  pids: () => number[];
  close: () => Promise<void>;
}

/** Of computing. An honest template takes milliseconds. */
const longestMs = 10_000;
/** By the clock, for a process that does not even say that: so many times as long. */
const patience = 12;
/** More than that and the program is no template. */
const longestTemplate = 1_000_000;
/** Templates that have a process; the least recently asked one goes. */
const mostProcesses = 3;
/** A template that broke a limit so often is not tried for a while: each try costs its whole time. */
const mostBreaches = 2;
const refusedMs = 10 * 60_000;
/** A conversation of that length may be what took long, and not the template. */
const longConversation = 100_000;

interface Asked {
  request: RenderRequest;
  resolve: (prompts: PromptPart[][]) => void;
  reject: (reason: unknown) => void;
}
interface Living {
  child: Computing['child'];
  stdin: Computing['stdin'];
  asked: Asked[];
  isReady: boolean;
  /** It said that it takes more than it may. */
  broke: 'memory' | 'time' | undefined;
  timer: NodeJS.Timeout | undefined;
  ended: Promise<void>;
}

/** @param command the Node binary and the script of a language-model worker, which renders when it is told `templates` */
// Over 80 lines: one process: what it is asked, its limit and its restart is one state.
export function openTemplates(command: readonly string[], limits: { longestMs?: number } = {}): Templates {
  const mostMs = limits.longestMs ?? longestMs;
  const living = new Map<string, Living>();
  const breaches = new Map<string, { times: number; problem: FlowyardError; atMs: number }>();
  let nextId = 1;
  let closed = false;

  function start(template: string): Living {
    const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, {
      role: 'template',
      args: ['templates'],
      heapBytes: (mostRenderMegabytes / 2) * 2 ** 20,
    });
    const one: Living = {
      child,
      stdin,
      asked: [],
      isReady: false,
      broke: undefined,
      timer: undefined,
      ended: Promise.resolve(),
    };
    stdin.on('error', () => undefined);
    stderr.resume();
    createInterface({ input: stdout }).on('line', (line) => hear(template, one, line));
    one.ended = new Promise((resolve) => {
      const end = (how: string, isMemory: boolean): void => {
        clearTimeout(one.timer);
        if (living.get(template) === one) living.delete(template);
        if (one.broke === 'time') breach(template, one, tooSlow(mostMs));
        else if (isMemory) breach(template, one, limitBroken(`took more than ${mostRenderMegabytes} MB`));
        else for (const asked of one.asked.splice(0)) asked.reject(died(how));
        resolve();
      };
      child.once('error', (error) => end(toProblem(error).message, false));
      // V8 ends a process that it finds no memory for by such a signal, before anybody can say so.
      child.once('close', (code, signal) => {
        if (living.get(template) === one) living.delete(template);
        void howItEnded(code, signal, '').then(({ memory }) =>
          end(
            signal ?? `with code ${code ?? '?'}`,
            one.broke === 'memory' || memory !== undefined || ['SIGABRT', 'SIGTRAP', 'SIGILL'].includes(signal ?? ''),
          ),
        );
      });
    });
    living.set(template, one);
    return one;
  }

  /** The first of those who wait broke the limit; those behind it are asked of a new process. */
  function breach(template: string, one: Living, problem: FlowyardError): void {
    const [first, ...others] = one.asked.splice(0);
    if (first === undefined) return;
    if (!isLong(first.request))
      breaches.set(template, { times: (refusal(template)?.times ?? 0) + 1, problem, atMs: performance.now() });
    first.reject(problem);
    for (const other of others)
      if (closed || isRefused(template)) other.reject(problem);
      else push(template, other);
  }

  const refusal = (template: string) => {
    const broken = breaches.get(template);
    return broken !== undefined && performance.now() - broken.atMs < refusedMs ? broken : undefined;
  };
  const isRefused = (template: string): boolean => (refusal(template)?.times ?? 0) >= mostBreaches;

  function push(template: string, asked: Asked): void {
    const one = living.get(template) ?? start(template);
    living.delete(template);
    living.set(template, one);
    one.asked.push(asked);
    if (one.asked.length === 1 && one.isReady) send(template, one);
  }

  function send(template: string, one: Living): void {
    const [first] = one.asked;
    if (first === undefined) return rest(one);
    one.stdin.write(`${JSON.stringify(first.request)}\n`);
    one.timer = setTimeout(() => {
      if (living.get(template) === one) living.delete(template);
      breach(template, one, tooSlow(mostMs));
      one.child.kill('SIGKILL');
    }, patience * mostMs);
  }

  function hear(template: string, one: Living, line: string): void {
    const reply = readReply(line);
    if (reply?.say === 'ready') {
      one.isReady = true;
      return send(template, one);
    }
    if (reply === undefined) return;
    // Its end follows.
    if (reply.say === 'memory' || reply.say === 'time') return void (one.broke = reply.say);
    clearTimeout(one.timer);
    const first = one.asked.shift();
    if (reply.say === 'done') first?.resolve(reply.prompts);
    else first?.reject(new FlowyardError(reply.problem));
    send(template, one);
  }

  /** Nobody asks it now: it may go where there are too many. */
  function rest(one: Living): void {
    if (living.size <= mostProcesses || one.asked.length > 0) return;
    const idle = [...living].find(([, other]) => other.asked.length === 0 && other.isReady);
    if (idle === undefined) return;
    living.delete(idle[0]);
    idle[1].stdin.end();
  }

  return {
    render: (template, jobs, { signal, mostCharacters }) => {
      signal.throwIfAborted();
      if (closed) return Promise.reject(new Error('templates are closed'));
      if (template.length > longestTemplate) return Promise.reject(tooLong(template.length));
      const broken = refusal(template);
      if (broken !== undefined && isRefused(template)) return Promise.reject(broken.problem);
      return new Promise((resolve, reject) => {
        const leave = (): void => reject(signal.reason);
        signal.addEventListener('abort', leave, { once: true });
        const over =
          <T>(then: (value: T) => void) =>
          (value: T): void => {
            signal.removeEventListener('abort', leave);
            then(value);
          };
        const request = { id: nextId++, template, jobs, mostCharacters, mostMs };
        push(template, { request, resolve: over(resolve), reject: over(reject) });
        if (living.size > mostProcesses) for (const one of [...living.values()]) rest(one);
      });
    },
    pids: () => [...living.values()].flatMap(({ child }) => child.pid ?? []),
    close: async () => {
      closed = true;
      const last = [...living.values()];
      for (const { stdin } of last) stdin.end();
      const timer = setTimeout(() => last.forEach(({ child }) => child.kill('SIGKILL')), 2000);
      await Promise.all(last.map(({ ended }) => ended));
      clearTimeout(timer);
    },
  };
}

const isLong = ({ jobs }: RenderRequest): boolean =>
  jobs.reduce((sum, { messages }) => messages.reduce((more, { content }) => more + content.length + 32, sum), 0) >
  longConversation;

const limitBroken = (how: string): FlowyardError =>
  fail('language.template-limit', {
    message: `The model’s chat template ${how}, and was ended.`,
    mend: 'Give another template in the settings of the model, or take the model from a source that you trust.',
    param: 'template',
  });
const tooSlow = (ms: number): FlowyardError =>
  limitBroken(`did not come to its end within ${ms / 1000} seconds of computing`);
const died = (how: string): FlowyardError =>
  processDied('The process that writes conversations by the model’s template', how);
const tooLong = (characters: number): FlowyardError =>
  fail('language.template-limit', {
    message: `The model’s chat template has ${characters.toLocaleString('en-US')} characters; at most ${longestTemplate.toLocaleString('en-US')} are taken.`,
    mend: 'Give another template in the settings of the model.',
    param: 'template',
  });

function readReply(line: string): RenderReply | undefined {
  if (!line.startsWith('{"say":')) return undefined;
  try {
    const reply: RenderReply = JSON.parse(line);
    return reply;
  } catch (thrown) {
    // Cut by the end of the process, which is told.
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
