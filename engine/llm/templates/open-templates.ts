/**
 * Chat templates rendered apart from whoever serves or runs, within limits of time, memory and length. A process for each template, kept warm: one that does not
 * end holds up nobody but those who ask it.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fail, FlowyardError, toProblem } from '../../../shared/errors.ts';
import type { PromptPart, RenderJob } from '../../../shared/language-model.ts';
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

/** An honest template takes milliseconds; a machine that stands still may take a thousand times as long. */
const longestMs = 10_000;
/** More than that and the program is no template. */
const longestTemplate = 1_000_000;
/** Templates that have a process; the least recently asked one goes. */
const mostProcesses = 3;
/** A template that broke a limit so often is not tried again: each try costs its whole time. */
const mostBreaches = 2;

interface Asked {
  request: RenderRequest;
  resolve: (prompts: PromptPart[][]) => void;
  reject: (reason: unknown) => void;
}
interface Living {
  child: ChildProcessWithoutNullStreams;
  asked: Asked[];
  isReady: boolean;
  /** It said that it holds more than it may. */
  isFull: boolean;
  timer: NodeJS.Timeout | undefined;
  ended: Promise<void>;
}

/** @param command the Node binary and the script of a language-model worker, which renders when it is told `templates` */
export function openTemplates(command: readonly string[], limits: { longestMs?: number } = {}): Templates {
  const mostMs = limits.longestMs ?? longestMs;
  const living = new Map<string, Living>();
  const breaches = new Map<string, { times: number; problem: FlowyardError }>();
  let nextId = 1;
  let closed = false;

  function start(template: string): Living {
    const [program = process.execPath, ...args] = command;
    const child = spawn(program, [...args, 'templates'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const one: Living = { child, asked: [], isReady: false, isFull: false, timer: undefined, ended: Promise.resolve() };
    child.stdin.on('error', () => undefined);
    child.stderr.resume();
    createInterface({ input: child.stdout }).on('line', (line) => hear(template, one, line));
    one.ended = new Promise((resolve) => {
      const end = (how: string, isMemory: boolean): void => {
        clearTimeout(one.timer);
        if (living.get(template) === one) living.delete(template);
        if (isMemory) breach(template, one, limitBroken(`took more than ${mostRenderMegabytes} MB`));
        else for (const asked of one.asked.splice(0)) asked.reject(died(how));
        resolve();
      };
      child.once('error', (error) => end(toProblem(error).message, false));
      // V8 ends a process that it finds no memory for by such a signal, before anybody can say so.
      child.once('close', (code, signal) =>
        end(
          signal ?? `with code ${code ?? '?'}`,
          one.isFull || ['SIGABRT', 'SIGTRAP', 'SIGILL'].includes(signal ?? ''),
        ),
      );
    });
    living.set(template, one);
    return one;
  }

  /** The first of those who wait broke the limit; those behind it are asked of a new process. */
  function breach(template: string, one: Living, problem: FlowyardError): void {
    const [first, ...others] = one.asked.splice(0);
    if (first === undefined) return;
    const times = (breaches.get(template)?.times ?? 0) + 1;
    breaches.set(template, { times, problem });
    first.reject(problem);
    for (const other of others)
      if (closed || times >= mostBreaches) other.reject(problem);
      else push(template, other);
  }

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
    one.child.stdin.write(`${JSON.stringify(first.request)}\n`);
    one.timer = setTimeout(() => {
      if (living.get(template) === one) living.delete(template);
      breach(template, one, limitBroken(`did not come to its end within ${mostMs / 1000} seconds`));
      one.child.kill('SIGKILL');
    }, mostMs);
  }

  function hear(template: string, one: Living, line: string): void {
    const reply = readReply(line);
    if (reply?.say === 'ready') {
      one.isReady = true;
      return send(template, one);
    }
    if (reply === undefined) return;
    // Its end follows.
    if (reply.say === 'memory') return void (one.isFull = true);
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
    idle[1].child.stdin.end();
  }

  return {
    render: (template, jobs, { signal, mostCharacters }) => {
      signal.throwIfAborted();
      if (closed) return Promise.reject(new Error('templates are closed'));
      if (template.length > longestTemplate) return Promise.reject(tooLong(template.length));
      const broken = breaches.get(template);
      if (broken !== undefined && broken.times >= mostBreaches) return Promise.reject(broken.problem);
      return new Promise((resolve, reject) => {
        const leave = (): void => reject(signal.reason);
        signal.addEventListener('abort', leave, { once: true });
        const over =
          <T>(then: (value: T) => void) =>
          (value: T): void => {
            signal.removeEventListener('abort', leave);
            then(value);
          };
        const request = { id: nextId++, template, jobs, mostCharacters };
        push(template, { request, resolve: over(resolve), reject: over(reject) });
        if (living.size > mostProcesses) for (const one of [...living.values()]) rest(one);
      });
    },
    pids: () => [...living.values()].flatMap(({ child }) => child.pid ?? []),
    close: async () => {
      closed = true;
      const last = [...living.values()];
      for (const { child } of last) child.stdin.end();
      const timer = setTimeout(() => last.forEach(({ child }) => child.kill('SIGKILL')), 2000);
      await Promise.all(last.map(({ ended }) => ended));
      clearTimeout(timer);
    },
  };
}

const limitBroken = (how: string): FlowyardError =>
  fail('language.template-limit', {
    message: `The model’s chat template ${how}, and was ended.`,
    mend: 'Give another template in the settings of the model, or take the model from a source that you trust.',
    param: 'template',
  });
const died = (how: string): FlowyardError =>
  fail('language.worker-died', {
    message: `The process that writes conversations by the model’s template ended ${how}.`,
    mend: 'Ask again: it starts anew.',
  });
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
