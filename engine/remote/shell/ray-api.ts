/**
 * Ray's Jobs REST. Asked plainly: Ray answers 405 to `fetch`, which it takes for a browser by its `sec-fetch-mode`. Submission ids are ours, so a call whose
 * answer was lost is looked up before it is made again.
 */
import * as z from 'zod';
import { fail, FlowyardError } from '../../../shared/errors.ts';
import { askPlainly, type HttpQuestion } from '../../http/ask.ts';
import { readText } from '../../http/read-body.ts';
import { watchSilence, whenHeard } from '../../http/watch-silence.ts';

export const rayJob = z.object({
  submission_id: z.string().nullish(),
  status: z.enum(['PENDING', 'RUNNING', 'STOPPED', 'SUCCEEDED', 'FAILED']),
  message: z.string().nullish(),
  driver_exit_code: z.number().nullish(),
  start_time: z.number().nullish(),
});
export type RayJob = z.output<typeof rayJob>;
export interface RaySubmission {
  id: string;
  entrypoint: string;
  env?: Record<string, string>;
  workingDir?: string;
  cores?: number | undefined;
  gpus?: number | undefined;
  memoryMb?: number | undefined;
}
export interface RayApi {
  version: () => Promise<string>;
  jobs: () => Promise<RayJob[]>;
  job: (id: string) => Promise<RayJob | undefined>;
  /** Does nothing when a job of that id is there. */
  submit: (submission: RaySubmission) => Promise<void>;
  logs: (id: string) => Promise<string>;
  stop: (id: string) => Promise<void>;
  forget: (id: string) => Promise<void>;
  /** Sends an archive unless Ray has it. The name under which a job asks for it. */
  putPackage: (name: string, zip: Uint8Array) => Promise<string>;
  nodes: () => Promise<{ cores: number; busy: number; gpus: number; memoryMb: number; alive: number }>;
}

type Method = NonNullable<HttpQuestion['method']>;
/** The whole log of a job comes in one answer. */
const largestAnswer = 256 << 20;
/** Of a call, also where a package of a hundred megabytes goes up. */
const longestSeconds = 600;
/** Ray refuses larger requests. */
export const mostPackageBytes = 100 * 2 ** 20;

// Over 80 lines: a list of calls of one address, each of a few lines.
export function openRayApi(url: string, token?: string): RayApi {
  const base = new URL(url);
  const call = async (
    method: Method,
    path: string,
    body?: Uint8Array | string,
  ): Promise<{ status: number; text: string }> => {
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    // While a package goes up nothing is heard.
    const seconds = body === undefined ? 60 : longestSeconds;
    const silent = () => new Error(`no answer in ${seconds} s`);
    const { signal, heard, end } = watchSilence(new AbortController().signal, { seconds, silent });
    try {
      const answer = await askPlainly(new URL(path, base), {
        method,
        signal,
        seconds: longestSeconds,
        tooSlow: () => new Error(`no end of its answer in ${longestSeconds} s`),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = await readText(whenHeard(answer.body, heard), {
        mostBytes: largestAnswer,
        tooLarge: () => tooLarge(base),
      });
      return { status: answer.status, text };
    } catch (thrown) {
      if (thrown instanceof FlowyardError) throw thrown;
      throw unreachable(base, thrown instanceof Error ? thrown : new Error(String(thrown)));
    } finally {
      end();
    }
  };
  const must = async (method: Method, path: string, body?: Uint8Array | string): Promise<string> => {
    const { status, text } = await call(method, path, body);
    if (status >= 200 && status < 300) return text;
    throw refused(status, text);
  };
  const job = async (id: string): Promise<RayJob | undefined> => {
    const { status, text } = await call('GET', `/api/jobs/${encodeURIComponent(id)}`);
    if (status === 404) return undefined;
    if (status !== 200) throw refused(status, text);
    return rayJob.parse(JSON.parse(text));
  };
  return {
    version: async () =>
      z.object({ ray_version: z.string() }).parse(JSON.parse(await must('GET', '/api/version'))).ray_version,
    jobs: async () => z.array(rayJob).parse(JSON.parse(await must('GET', '/api/jobs/'))),
    job,
    submit: async ({ id, entrypoint, env, workingDir, cores, gpus, memoryMb }) => {
      if ((await job(id)) !== undefined) return;
      const { status, text } = await call(
        'POST',
        '/api/jobs/',
        JSON.stringify({
          submission_id: id,
          entrypoint,
          runtime_env: { env_vars: env ?? {}, ...(workingDir === undefined ? {} : { working_dir: workingDir }) },
          ...(cores === undefined ? {} : { entrypoint_num_cpus: cores }),
          ...(gpus === undefined || gpus === 0 ? {} : { entrypoint_num_gpus: gpus }),
          ...(memoryMb === undefined ? {} : { entrypoint_memory: memoryMb * 2 ** 20 }),
        }),
      );
      if (status === 200) return;
      // A second job of the same id is a server error with a traceback: then it is there.
      if ((await job(id)) === undefined) throw refused(status, text);
    },
    logs: async (id) => {
      const { status, text } = await call('GET', `/api/jobs/${encodeURIComponent(id)}/logs`);
      if (status === 404) return '';
      if (status !== 200) throw refused(status, text);
      return z.object({ logs: z.string().nullish() }).parse(JSON.parse(text)).logs ?? '';
    },
    stop: async (id) => void (await call('POST', `/api/jobs/${encodeURIComponent(id)}/stop`)),
    forget: async (id) => void (await call('DELETE', `/api/jobs/${encodeURIComponent(id)}`)),
    putPackage: async (name, zip) => {
      if (zip.length > mostPackageBytes)
        throw fail('ray.too-large', {
          message: `Ray takes packages of at most ${mostPackageBytes / 2 ** 20} MiB; this one has ${(zip.length / 2 ** 20).toFixed(0)}.`,
          mend: 'Send it in pieces.',
        });
      const path = `/api/packages/gcs/${name}`;
      if ((await call('GET', path)).status !== 200) await must('PUT', path, zip);
      return `gcs://${name}`;
    },
    nodes: async () => readNodes(JSON.parse(await must('GET', '/nodes?view=summary'))),
  };
}

function readNodes(json: unknown): { cores: number; busy: number; gpus: number; memoryMb: number; alive: number } {
  const node = z.object({
    mem: z.array(z.number()).optional(),
    raylet: z.object({ state: z.string().optional(), resourcesTotal: z.record(z.string(), z.number()).optional() }),
  });
  const { data } = z
    .object({
      data: z.object({ summary: z.array(node), nodeLogicalResources: z.record(z.string(), z.string()).optional() }),
    })
    .parse(json);
  const alive = data.summary.filter((n) => n.raylet.state === 'ALIVE');
  const total = (name: string): number => alive.reduce((sum, n) => sum + (n.raylet.resourcesTotal?.[name] ?? 0), 0);
  const usage = Object.values(data.nodeLogicalResources ?? {}).join('\n');
  const pairs = [...usage.matchAll(/([\d.]+)\/([\d.]+) CPU/g)];
  return {
    alive: alive.length,
    cores: total('CPU') || pairs.reduce((sum, match) => sum + Number(match[2]), 0),
    busy: pairs.reduce((sum, match) => sum + Number(match[1]), 0),
    gpus: total('GPU'),
    memoryMb: Math.round(alive.reduce((sum, n) => sum + (n.mem?.[0] ?? 0), 0) / 2 ** 20),
  };
}

const unreachable = (base: URL, cause: Error): Error =>
  fail(
    'target.unreachable',
    {
      message: `Ray at ${base.origin} cannot be reached (${cause.message}).`,
      mend: 'Check the address and the network.',
    },
    { cause },
  );

const tooLarge = (base: URL): Error =>
  fail('ray.too-large', {
    message: `Ray at ${base.origin} sends more than ${largestAnswer >> 20} MiB in one answer.`,
    mend: 'See what answers at this address; remove old jobs there.',
  });

const refused = (status: number, text: string): Error =>
  fail('ray.refused', {
    message: `Ray refused (${status}): ${(text.trim().split('\n').at(-1) ?? '').slice(0, 400)}`,
    mend: status === 401 || status === 403 ? 'It wants a token: --option token=NAME of a secret.' : 'Test the remote.',
  });
