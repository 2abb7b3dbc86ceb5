/**
 * A double of the Kubernetes API for tests: it keeps Jobs and Pods as state and runs each pod as a process of this machine. Every body that it is sent is
 * checked against the official JSON schema by `kubernetes-validate`. It shows the form of requests and our handling of states; it shows nothing of scheduling,
 * admission, rights, images or eviction as a real API server does them.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import * as z from 'zod';

const container = z.looseObject({
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).optional(),
  volumeMounts: z.array(z.looseObject({ mountPath: z.string() })).optional(),
});
const podSpec = z.looseObject({ containers: z.array(container).min(1) });
const metadata = z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() });
const podBody = z.looseObject({ kind: z.literal('Pod'), metadata, spec: podSpec });
const jobBody = z.looseObject({
  kind: z.literal('Job'),
  metadata,
  spec: z.looseObject({
    completions: z.int(),
    parallelism: z.int(),
    completionMode: z.literal('Indexed'),
    activeDeadlineSeconds: z.int().optional(),
    template: z.looseObject({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }), spec: podSpec }),
  }),
});
interface Pod {
  body: z.output<typeof podBody>;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  reason?: string;
  waiting?: { reason: string; message: string };
  job?: string;
  child?: ChildProcess;
}
interface Job {
  body: z.output<typeof jobBody>;
  next: number;
  failed: number;
  succeeded: number;
  stopped?: string;
}

export interface KubernetesDouble {
  url: string;
  /** All bodies that were sent, for the tests. */
  bodies: unknown[];
  /** Requests, as `POST jobs`. */
  calls: string[];
  /** Ends a running pod of a job as an eviction would. */
  evict: (run: string) => void;
  close: () => Promise<void>;
}
export interface DoubleOptions {
  /** Python with `kubernetes-validate`; null: bodies are only checked by this file. */
  validator: string | null;
  token?: string;
  /** Images that cannot be pulled. */
  noImage?: string;
}

export async function startKubernetesDouble({ validator, token, noImage }: DoubleOptions): Promise<KubernetesDouble> {
  const pods = new Map<string, Pod>();
  const jobs = new Map<string, Job>();
  const bodies: unknown[] = [];
  const calls: string[] = [];

  function startPod(name: string, body: Pod['body'], job?: string): void {
    const [one] = body.spec.containers;
    if (one === undefined) return;
    const pod: Pod = { body, phase: 'Pending', ...(job === undefined ? {} : { job }) };
    pods.set(name, pod);
    if (one.image === noImage) {
      pod.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${one.image}"` };
      return;
    }
    for (const mount of one.volumeMounts ?? []) mkdirSync(mount.mountPath, { recursive: true });
    const [program = 'sh', ...args] = one.command;
    const env = {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      ...Object.fromEntries((one.env ?? []).map((e) => [e.name, e.value])),
    };
    const child = spawn(program, args, { stdio: 'ignore', detached: true, env });
    pod.child = child;
    pod.phase = 'Running';
    child.once('exit', (code) => {
      if (pod.phase === 'Running') pod.phase = code === 0 ? 'Succeeded' : 'Failed';
      const owner = job === undefined ? undefined : jobs.get(job);
      if (owner === undefined) return;
      if (code === 0) owner.succeeded += 1;
      else owner.failed += 1;
      advance(job ?? '', owner);
    });
  }
  /** Indexed jobs with a back-off limit of 0: one failure ends the job, and its other pods. */
  function advance(name: string, job: Job): void {
    const { completions, parallelism, template } = job.body.spec;
    if (job.stopped !== undefined) return;
    if (job.failed > 0) return stopJob(name, job, 'BackoffLimitExceeded');
    const active = job.next - job.succeeded - job.failed;
    for (let free = parallelism - active; free > 0 && job.next < completions; free--) {
      const index = job.next++;
      const [one, ...rest] = template.spec.containers;
      const env = [...(one?.env ?? []), { name: 'JOB_COMPLETION_INDEX', value: String(index) }];
      const podName = `${name}-${index}-${Math.random().toString(36).slice(2, 7)}`;
      startPod(
        podName,
        podBody.parse({
          kind: 'Pod',
          metadata: { name: podName, labels: template.metadata.labels },
          spec: { ...template.spec, containers: [{ ...one, env }, ...rest] },
        }),
        name,
      );
    }
  }
  function stopJob(name: string, job: Job, reason: string): void {
    job.stopped = reason;
    for (const pod of pods.values()) if (pod.job === name) endPod(pod, 'SIGTERM');
  }
  function endPod({ child }: Pod, signal: NodeJS.Signals): void {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }

  const showPod = (name: string, pod: Pod): unknown => ({
    ...pod.body,
    spec: { ...pod.body.spec, nodeName: 'double' },
    status: {
      phase: pod.phase,
      ...(pod.reason === undefined ? {} : { reason: pod.reason, message: 'The node was low on resource: memory.' }),
      containerStatuses: [{ name, state: pod.waiting === undefined ? {} : { waiting: pod.waiting } }],
    },
  });
  const showJob = (job: Job): unknown => {
    const { completions } = job.body.spec;
    const isComplete = job.succeeded === completions;
    const conditions =
      job.stopped !== undefined
        ? [
            {
              type: 'Failed',
              status: 'True',
              reason: job.stopped,
              message: 'Job has reached the specified backoff limit',
            },
          ]
        : isComplete
          ? [{ type: 'Complete', status: 'True' }]
          : [];
    return {
      ...job.body,
      status: {
        succeeded: job.succeeded,
        failed: job.failed,
        active: job.next - job.succeeded - job.failed,
        conditions,
      },
    };
  };
  const hasLabels = (labels: Record<string, string> | undefined, selector: string): boolean =>
    selector
      .split(',')
      .filter((part) => part !== '')
      .every((part) => {
        const [key = '', value] = part.split('=');
        return labels?.[key] === value;
      });

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const refuse = (code: number, reason: string, message: string): void =>
      send(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return refuse(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url ?? '', 'http://double');
    if (url.pathname === '/version' || url.pathname === '/version/')
      return send(200, {
        major: '1',
        minor: '33',
        gitVersion: 'v1.33.0-double',
        buildDate: '',
        compiler: '',
        gitCommit: '',
        gitTreeState: '',
        goVersion: '',
        platform: '',
      });
    const [, kind = '', name] = /\/namespaces\/[^/]+\/(pods|jobs)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    calls.push(`${request.method ?? ''} ${kind}`);
    const selector = url.searchParams.get('labelSelector') ?? '';
    if (kind === '') return refuse(404, 'NotFound', `no such path ${url.pathname}`);
    if (request.method === 'POST') {
      const json: unknown = JSON.parse(body);
      bodies.push(json);
      const problem = validate(json, validator);
      if (problem !== undefined) return refuse(422, 'Invalid', problem);
      const made = kind === 'jobs' ? jobBody.safeParse(json) : podBody.safeParse(json);
      if (!made.success) return refuse(422, 'Invalid', made.error.message);
      const { name: wanted } = made.data.metadata;
      if (jobs.has(wanted) || pods.has(wanted))
        return refuse(409, 'AlreadyExists', `${kind} "${wanted}" already exists`);
      if (made.data.kind === 'Job') {
        const job: Job = { body: jobBody.parse(json), next: 0, failed: 0, succeeded: 0 };
        jobs.set(wanted, job);
        advance(wanted, job);
        const seconds = job.body.spec.activeDeadlineSeconds;
        if (seconds !== undefined)
          setTimeout(
            () => job.succeeded < job.body.spec.completions && stopJob(wanted, job, 'DeadlineExceeded'),
            seconds * 1000,
          ).unref();
      } else startPod(wanted, podBody.parse(json));
      return send(201, json);
    }
    if (kind === 'jobs') {
      if (name === undefined)
        return send(200, {
          kind: 'JobList',
          apiVersion: 'batch/v1',
          metadata: {},
          items: [...jobs.values()].filter((j) => hasLabels(j.body.metadata.labels, selector)).map(showJob),
        });
      const job = jobs.get(name);
      if (job === undefined) return refuse(404, 'NotFound', `jobs "${name}" not found`);
      if (request.method === 'DELETE') {
        stopJob(name, job, 'Deleted');
        jobs.delete(name);
        return send(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
      }
      return send(200, showJob(job));
    }
    if (name === undefined)
      return send(200, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: {},
        items: [...pods].filter(([, p]) => hasLabels(p.body.metadata.labels, selector)).map(([n, p]) => showPod(n, p)),
      });
    const pod = pods.get(name);
    if (pod === undefined) return refuse(404, 'NotFound', `pods "${name}" not found`);
    if (request.method === 'DELETE') {
      endPod(pod, 'SIGTERM');
      pods.delete(name);
    }
    return send(200, showPod(name, pod));
  }

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.once('end', () => answer(request, response, body));
  });
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '', 'http://double');
    const name = /\/pods\/([^/]+)\/exec$/.exec(url.pathname)?.[1] ?? '';
    calls.push('exec');
    if (pods.get(name)?.phase !== 'Running') return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (ws) => exec(ws, url.searchParams.getAll('command')));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port }: AddressInfo = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    calls,
    evict: (run) => {
      for (const pod of pods.values())
        if (pod.phase === 'Running' && pod.body.metadata.labels?.['flowyard/run'] === run) {
          pod.phase = 'Failed';
          pod.reason = 'Evicted';
          endPod(pod, 'SIGKILL');
        }
    },
    close: async () => {
      for (const pod of pods.values()) endPod(pod, 'SIGKILL');
      for (const ws of sockets.clients) ws.terminate();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function exec(ws: WebSocket, command: string[]): void {
  const [program = 'sh', ...args] = command;
  const child = spawn(program, args, { stdio: 'pipe' });
  const send = (channel: number, data: Uint8Array): void => ws.send(Buffer.concat([Buffer.from([channel]), data]));
  ws.on('message', (data: Buffer) => {
    if (data[0] === 0) child.stdin.write(data.subarray(1));
    else if (data[0] === 255) child.stdin.end();
  });
  ws.once('close', () => child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (data: Buffer) => send(1, data));
  child.stderr.on('data', (data: Buffer) => send(2, data));
  child.once('close', (code) => {
    const status =
      code === 0
        ? { metadata: {}, status: 'Success' }
        : {
            metadata: {},
            status: 'Failure',
            message: `command terminated with non-zero exit code ${code ?? '?'}`,
            reason: 'NonZeroExitCode',
            details: { causes: [{ reason: 'ExitCode', message: String(code ?? 137) }] },
          };
    send(3, Buffer.from(JSON.stringify(status)));
    ws.close();
  });
}

function validate(body: unknown, validator: string | null): string | undefined {
  if (validator === null) return undefined;
  const file = join(mkdtempSync(join(tmpdir(), 'flowyard-kube-')), 'body.yaml');
  writeFileSync(file, JSON.stringify(body));
  const { status, stdout, stderr } = spawnSync(validator, ['--strict', file], { encoding: 'utf8' });
  return status === 0 ? undefined : `${stdout}${stderr}`.trim().slice(-1500);
}
