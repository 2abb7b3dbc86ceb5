/** A served model as a process, seen from the host: one line of JSON goes in, lines come out, and closing its input ends it. */
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { startComputing, tooMuchMemory, type End } from '../compute/start-computing.ts';
import { fail, FlowyardError, problem as problemSchema, toProblem, type Problem } from '../../shared/errors.ts';

export const serviceRequest = z.object({
  service: z.string(),
  /** The artifact's folder, with the model's file. */
  folder: z.string(),
  model: z.string(),
  version: z.int(),
  key: z.string(),
  port: z.int(),
  /** The port is a wish: when it is taken, any other serves. */
  anyPort: z.boolean(),
  token: z.string().nullable(),
  settings: z.record(z.string(), z.json()),
  /** Folders of further language models that it answers with. */
  others: z.array(z.string()).default([]),
  /** `.flowyard` of the workspace. */
  flowyard: z.string().default(''),
  /** Values of the secrets that it needs: handed over in memory, stored nowhere. */
  secrets: z.record(z.string(), z.string()).default({}),
});
export type ServiceRequest = z.output<typeof serviceRequest>;

/** It comes out of a line of JSON, and so is JSON: to look at each of its values took longer than to answer them. */
const parsedJson = z.custom<z.output<ReturnType<typeof z.json>>>((value) => value !== undefined);

/** One answered request, for the history. */
export const servedRequest = z.object({
  time_ms: z.number(),
  rows: z.number(),
  latency_ms: z.number(),
  status: z.number(),
  input: parsedJson,
  output: parsedJson,
  error: z.string().nullable(),
});
export type ServedRequest = z.output<typeof servedRequest>;

export const serviceLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), port: z.int(), url: z.string() }),
  z.object({ type: z.literal('failed'), problem: problemSchema }),
  z.object({ type: z.literal('request'), request: servedRequest }),
]);
export type ServiceLine = z.output<typeof serviceLine>;

export interface ServiceProcess {
  ready: Promise<{ port: number; url: string }>;
  /** Resolves when the process is gone, with the reason unless it was stopped. */
  ended: Promise<Problem | undefined>;
  /** Lets it answer what it has begun; kills it when that takes too long. */
  stop: () => Promise<void>;
}
export interface ServiceProcessOptions {
  command: readonly string[];
  onRequest: (request: ServedRequest) => void;
  killAfterMs?: number;
}

export function startServiceProcess(
  request: z.input<typeof serviceRequest>,
  { command, onRequest, killAfterMs = 8000 }: ServiceProcessOptions,
): ServiceProcess {
  const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, { role: 'service' });
  const ready = Promise.withResolvers<{ port: number; url: string }>();
  const ended = Promise.withResolvers<Problem | undefined>();
  let stopping = false;
  let lastWords = '';
  let said: Problem | undefined;
  ready.promise.catch(() => undefined);

  createInterface({ input: stdout }).on('line', (text) => {
    const line = readLine(text);
    if (line === undefined) lastWords = `${lastWords}${text}\n`.slice(-4000);
    else if (line.type === 'ready') ready.resolve({ port: line.port, url: line.url });
    else if (line.type === 'request') onRequest(line.request);
    else said = line.problem;
  });
  stderr.on('data', (data: Buffer) => {
    lastWords = `${lastWords}${data.toString()}`.slice(-4000);
  });
  stdin.on('error', () => undefined);
  const end = (problem: Problem | undefined): void => {
    ready.reject(new FlowyardError(problem ?? toProblem(new Error('the service was stopped'))));
    ended.resolve(problem);
  };
  child.once('error', (error) => end(toProblem(error)));
  child.once('close', (code, signal) => {
    void howItEnded(code, signal, lastWords).then((how) => end(stopping ? undefined : (said ?? died(how, lastWords))));
  });
  stdin.write(`${JSON.stringify(request)}\n`);

  return {
    ready: ready.promise,
    ended: ended.promise,
    stop: async () => {
      stopping = true;
      stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      await ended.promise;
      clearTimeout(timer);
    },
  };
}

function readLine(text: string): ServiceLine | undefined {
  try {
    const parsed = serviceLine.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const died = ({ how, memory }: End, lastWords: string): Problem =>
  memory === undefined
    ? fail('service.process-died', {
        message: `The process of the service ended ${how}.`,
        mend: 'It is started again by itself a few times; then start it yourself.',
        ...(lastWords.trim() === '' ? {} : { facts: { lastWords: lastWords.trim() } }),
      }).problem
    : { severity: 'error', ...tooMuchMemory('The service', memory) };
