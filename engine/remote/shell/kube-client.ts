/** The few calls of the Kubernetes API that are needed, over its own client: kubeconfig, logins of clouds and certificates are its business. */
import type {
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  ResponseContext,
  V1Job,
  V1Pod,
  VersionApi,
} from '@kubernetes/client-node';
import { WebSocket } from 'ws';
import { fail, FlowyardError } from '../../../shared/errors.ts';
import { readBytes } from '../../http/read-body.ts';
import { chunksOf, commandFor, ScriptOutput, type ExecOptions, type ShellResult } from './shell.ts';

export interface KubeSettings {
  /** Default: the current context of the person's kubeconfig. */
  url: string | undefined;
  token: string | undefined;
  /** A file with the certificate authority of the API server. */
  ca: string | undefined;
  namespace: string;
}
export interface KubeClient {
  createJob: (job: V1Job) => Promise<'made' | 'there'>;
  jobs: (label: string) => Promise<V1Job[]>;
  deleteJob: (name: string) => Promise<void>;
  pods: (label: string) => Promise<V1Pod[]>;
  createPod: (pod: V1Pod) => Promise<'made' | 'there'>;
  pod: (name: string) => Promise<V1Pod | undefined>;
  deletePod: (name: string) => Promise<void>;
  exec: (pod: string, script: string, options: ExecOptions) => Promise<ShellResult>;
  version: () => Promise<string>;
}

export function openKubeClient(settings: KubeSettings): KubeClient {
  // The client is large: it is loaded when somebody asks.
  let loading: Promise<Loaded> | undefined;
  const load = (): Promise<Loaded> => (loading ??= loadClient(settings));
  const { namespace } = settings;
  const ask = async <T>(work: (loaded: Loaded) => Promise<T>): Promise<T> => {
    const loaded = await load();
    try {
      return await work(loaded);
    } catch (error) {
      throw asProblem(error, settings);
    }
  };
  const orThere = async (work: (loaded: Loaded) => Promise<unknown>): Promise<'made' | 'there'> => {
    try {
      await ask(work);
      return 'made';
    } catch (error) {
      if (statusOf(error) === 409) return 'there';
      throw error;
    }
  };
  const orNothing = async <T>(work: (loaded: Loaded) => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask(work);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  return {
    createJob: (body) => orThere(({ batch }) => batch.createNamespacedJob({ namespace, body })),
    jobs: async (labelSelector) =>
      (await ask(({ batch }) => batch.listNamespacedJob({ namespace, labelSelector }))).items,
    deleteJob: async (name) =>
      void (await orNothing(({ batch }) =>
        batch.deleteNamespacedJob({ name, namespace, propagationPolicy: 'Background' }),
      )),
    pods: async (labelSelector) =>
      (await ask(({ core }) => core.listNamespacedPod({ namespace, labelSelector }))).items,
    createPod: (body) => orThere(({ core }) => core.createNamespacedPod({ namespace, body })),
    pod: (name) => orNothing(({ core }) => core.readNamespacedPod({ name, namespace })),
    deletePod: async (name) => void (await orNothing(({ core }) => core.deleteNamespacedPod({ name, namespace }))),
    exec: (pod, script, options) => ask((loaded) => execIn(loaded.config, namespace, pod, script, options)),
    version: () => ask(async ({ version }) => (await version.getCode()).gitVersion),
  };
}

interface Loaded {
  config: KubeConfig;
  batch: BatchV1Api;
  core: CoreV1Api;
  version: VersionApi;
}

async function loadClient({ url, token, ca, namespace }: KubeSettings): Promise<Loaded> {
  const library = await import('@kubernetes/client-node');
  const config = new library.KubeConfig();
  if (url === undefined) config.loadFromDefault();
  else
    config.loadFromOptions({
      // Plain HTTP is taken only where certificates are not asked for; there are none to check then.
      clusters: [
        {
          name: 'target',
          server: url,
          skipTLSVerify: url.startsWith('http:'),
          ...(ca === undefined ? {} : { caFile: ca }),
        },
      ],
      users: [{ name: 'user', ...(token === undefined ? {} : { token }) }],
      contexts: [{ name: 'target', cluster: 'target', user: 'user', namespace }],
      currentContext: 'target',
    });
  // As the library makes its clients, with limits: it takes in whatever a server sends, for as long as it sends.
  const limited = library.createConfiguration({
    baseServer: new library.ServerConfiguration(config.getCurrentCluster()?.server ?? '', {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: (request) => {
          request.setSignal(AbortSignal.timeout(longestSeconds * 1000));
          return Promise.resolve(request);
        },
        post: (answer) => Promise.resolve(limitBody(answer)),
      },
    ],
  });
  return {
    config,
    batch: new library.BatchV1Api(limited),
    core: new library.CoreV1Api(limited),
    version: new library.VersionApi(limited),
  };
}

/** A list of all jobs and pods of ours. */
const largestAnswer = 64 << 20;
const longestSeconds = 120;

function limitBody(answer: ResponseContext): ResponseContext {
  const source = answer.body.stream();
  const read = (): Promise<Buffer> => readBytes(source, { mostBytes: largestAnswer, tooLarge });
  answer.body = { text: async () => (await read()).toString('utf8'), binary: read, stream: () => source };
  return answer;
}
const tooLarge = (): FlowyardError =>
  fail('kubernetes.too-large', {
    message: `The Kubernetes API sends more than ${largestAnswer >> 20} MiB in one answer.`,
    mend: 'See what answers at this address; remove old jobs in this namespace.',
  });

const statusOf = (error: unknown): number | undefined => {
  const cause = error instanceof FlowyardError ? error.cause : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'number'
    ? cause.code
    : undefined;
};

function asProblem(error: unknown, { url }: KubeSettings): FlowyardError {
  if (error instanceof FlowyardError) return error;
  const status = statusOf(error);
  const said = error instanceof Error ? error.message : String(error);
  if (status === undefined)
    return fail(
      'target.unreachable',
      {
        message: `The Kubernetes API${url === undefined ? '' : ` at ${url}`} cannot be reached (${said.slice(0, 300)}).`,
        mend: 'Check the address and the network.',
      },
      { cause: error },
    );
  const words = typeof error === 'object' && error !== null && 'body' in error ? bodyWords(error.body) || said : said;
  return fail(
    'kubernetes.refused',
    {
      message: `Kubernetes refused (${status}): ${words.slice(0, 500)}`,
      mend:
        status === 401 || status === 403
          ? 'The login lacks the right to do that in this namespace.'
          : 'Test the remote.',
    },
    { cause: error },
  );
}

function bodyWords(body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  return /"message":"([^"\\]*(?:\\.[^"\\]*)*)"/.exec(text)?.[1] ?? text;
}

const protocol = 'v5.channel.k8s.io';
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
/** A kubelet sends 32 KiB at a time. */
const largestMessage = 16 << 20;
/** No more than this waits in memory for the network. */
const mostBuffered = 4 << 20;

/** `kubectl exec -i` without a terminal. The fifth form of the protocol is needed: earlier ones cannot say that the input has ended. */
async function execIn(
  config: KubeConfig,
  namespace: string,
  pod: string,
  script: string,
  { input, onOutput, signal, timeoutMs }: ExecOptions,
): Promise<ShellResult> {
  const { command, head } = commandFor(script);
  const server = config.getCurrentCluster()?.server ?? '';
  const query = new URLSearchParams([
    ['stdin', 'true'],
    ['stdout', 'true'],
    ['stderr', 'true'],
    ...['sh', '-c', command].map((word): [string, string] => ['command', word]),
  ]);
  const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = {};
  await config.applyToHTTPSOptions(options);
  const socket = new WebSocket(
    `${server.replace(/^http/, 'ws')}/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query.toString()}`,
    [protocol],
    { ...options, perMessageDeflate: false, maxPayload: largestMessage },
  );
  return new Promise((resolve, reject) => {
    const output = new ScriptOutput(onOutput === undefined ? {} : { onOutput });
    let err = '';
    let code: number | null = null;
    const stop = (): void => socket.terminate();
    const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
    signal?.addEventListener('abort', stop, { once: true });
    socket.on('message', (data: Buffer) => {
      const body = data.subarray(1);
      if (data[0] === channels.stdout) {
        try {
          output.take(body);
        } catch (problem) {
          reject(problem instanceof Error ? problem : new Error(String(problem)));
          stop();
        }
      } else if (data[0] === channels.stderr) err = `${err}${body.toString()}`.slice(-20_000);
      else if (data[0] === channels.status) code = readExitCode(body.toString());
    });
    socket.once('open', () => void feed(socket, head, input).catch(reject));
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({ code, out: output.whole(), err });
    });
  });
}

async function feed(socket: WebSocket, head: Buffer, input: ExecOptions['input']): Promise<void> {
  const send = (chunk: Uint8Array): void => socket.send(Buffer.concat([Buffer.from([channels.stdin]), chunk]));
  send(head);
  for await (const chunk of chunksOf(input)) {
    send(chunk);
    while (socket.bufferedAmount > mostBuffered) await new Promise((done) => setTimeout(done, 5));
  }
  socket.send(Buffer.from([channels.close, channels.stdin]));
}

/** A `Status` object: success, or a failure whose details name the exit code. */
function readExitCode(text: string): number | null {
  if (/"status":\s*"Success"/.test(text)) return 0;
  const code = /"reason":\s*"ExitCode",\s*"message":\s*"(\d+)"/.exec(text)?.[1];
  return code === undefined ? null : Number(code);
}
