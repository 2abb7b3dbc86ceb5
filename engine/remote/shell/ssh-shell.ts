/** A shell over SSH: one connection for all calls, host key pinned, made anew when it broke. */
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import { fail, toProblem, type FlowyardError } from '../../../shared/errors.ts';
import { onceOf } from './local-shell.ts';
import { chunksOf, commandFor, ScriptOutput, type ExecOptions, type RemoteShell, type ShellResult } from './shell.ts';
import type { SshHop } from './ssh-settings.ts';

export interface SshOptions {
  /** The way there: jump hosts first. */
  hops: readonly SshHop[];
  /** Fingerprint of the last hop's key, as `SHA256:…`; null: the first that shows one is believed and told. */
  hostKey: string | null;
  onHostKey: (fingerprint: string) => void;
  /** A silent connection is given up after three of these. Default: 15 s. */
  keepaliveMs?: number;
  connectTimeoutMs?: number;
}

type Client = InstanceType<typeof ssh2.Client>;

export function openSshShell(options: SshOptions): RemoteShell {
  let connection: Promise<Client[]> | undefined;
  const drop = (clients: Client[]): void => {
    for (const client of clients.toReversed()) client.end();
  };
  const connect = (): Promise<Client[]> => {
    connection ??= connectThrough(options, () => (connection = undefined)).catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
    return connection;
  };
  return {
    exec: async (script, execOptions = {}) => {
      const clients = await connect();
      const last = clients.at(-1);
      if (last === undefined) throw unreachable(options, new Error('no way there'));
      try {
        return await execOver(last, script, execOptions, options.hops.at(-1));
      } catch (error) {
        if (toProblem(error).code === 'run.cancelled') throw error;
        connection = undefined;
        drop(clients);
        throw unreachable(options, error);
      }
    },
    maxInputBytes: Number.POSITIVE_INFINITY,
    stepMs: 100,
    close: () => {
      void connection?.then(drop, () => undefined);
      connection = undefined;
    },
  };
}

async function connectThrough(options: SshOptions, onGone: () => void): Promise<Client[]> {
  const clients: Client[] = [];
  let sock: Duplex | undefined;
  for (const [i, hop] of options.hops.entries()) {
    const isLast = i === options.hops.length - 1;
    try {
      const client = await connectOne(
        hop,
        sock,
        isLast ? options : { ...options, hostKey: hop.hostKey ?? null, onHostKey: () => undefined },
      );
      clients.push(client);
      client.once('close', onGone);
      const next = options.hops[i + 1];
      if (next !== undefined) sock = await forward(client, next);
    } catch (error) {
      for (const client of clients) client.end();
      throw error;
    }
  }
  return clients;
}

function connectOne(hop: SshHop, sock: Duplex | undefined, options: SshOptions): Promise<Client> {
  const client = new ssh2.Client();
  let refused: FlowyardError | undefined;
  const config: ConnectConfig = {
    host: hop.host,
    port: hop.port,
    username: hop.user,
    ...(hop.privateKey === undefined ? {} : { privateKey: hop.privateKey }),
    ...(hop.passphrase === undefined ? {} : { passphrase: hop.passphrase }),
    ...(hop.agent === undefined ? {} : { agent: hop.agent }),
    ...(sock === undefined ? {} : { sock }),
    readyTimeout: options.connectTimeoutMs ?? 20_000,
    keepaliveInterval: options.keepaliveMs ?? 15_000,
    keepaliveCountMax: 3,
    hostVerifier: (key: Buffer) => {
      const shown = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
      if (options.hostKey === null) {
        options.onHostKey(shown);
        return true;
      }
      if (shown === options.hostKey) return true;
      refused = fail('target.host-key-changed', {
        message: `${hop.host} shows another key than when it was added (${shown}, not ${options.hostKey}): it may be another machine.`,
        mend: 'Ask its administrator. If the change is known, remove the remote and add it again.',
      });
      return false;
    },
  };
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve(client));
    client.on('error', (error) => reject(refused ?? connectionProblem(hop, error)));
    client.once('close', () => reject(refused ?? unreachable(options, new Error('the connection was closed'))));
    client.connect(config);
  });
}

function connectionProblem(hop: SshHop, error: Error & { level?: string }): FlowyardError {
  if (error.level === 'client-authentication')
    return fail(
      'target.login-refused',
      {
        message: `${hop.host} does not let ${hop.user} in${hop.keyFile === undefined ? '' : ` with the key ${hop.keyFile}`}.`,
        mend: 'Give the right user and key, or add the key to the machine.',
      },
      { cause: error },
    );
  return fail(
    'target.unreachable',
    {
      message: `${hop.host}, port ${hop.port}, cannot be reached (${error.message}).`,
      mend: 'Check the address and the network.',
    },
    { cause: error },
  );
}

const unreachable = ({ hops }: SshOptions, cause: unknown): FlowyardError =>
  cause instanceof Error && 'problem' in cause
    ? (cause as FlowyardError)
    : fail(
        'target.unreachable',
        {
          message: `The connection to ${hops.at(-1)?.host ?? 'the remote'} broke (${cause instanceof Error ? cause.message : String(cause)}).`,
          mend: 'It is tried again.',
        },
        { cause },
      );

const forward = (client: Client, to: SshHop): Promise<Duplex> =>
  new Promise((resolve, reject) =>
    client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, stream) =>
      error === undefined ? resolve(stream) : reject(connectionProblem(to, error)),
    ),
  );

/** A login shell that ended by itself is never taken for a script that ran and said nothing. */
function noShell(hop: SshHop | undefined, code: number, said: string): FlowyardError {
  const words = said.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
  return fail('target.no-shell', {
    message: `${hop?.host ?? 'The remote'} lets ${hop?.user ?? 'you'} in, but the login shell ended (code ${code}) before it ran anything${words === '' ? '' : `; it said "${words}"`}.`,
    mend: 'A file that it reads first (.bashrc, .profile) may end it or wait for an answer, or the account may have no shell.',
  });
}

function execOver(client: Client, script: string, options: ExecOptions, hop: SshHop | undefined): Promise<ShellResult> {
  const { command, head } = commandFor(script);
  const { signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the connection broke'));
    client.once('close', gone);
    client.exec(command, (error, channel) => {
      if (error !== undefined) {
        client.off('close', gone);
        return reject(error);
      }
      const output = new ScriptOutput(options);
      let err = '';
      let code: number | null = null;
      const stop = (): void => {
        channel.signal('TERM');
        channel.close();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(stop, timeoutMs);
      signal?.addEventListener('abort', stop, { once: true });
      channel.on('data', (data: Buffer) => {
        try {
          output.take(data);
        } catch (problem) {
          reject(problem instanceof Error ? problem : new Error(String(problem)));
          stop();
        }
      });
      channel.stderr.on('data', (data: Buffer) => (err = `${err}${data.toString()}`.slice(-20_000)));
      // A death by signal, or a connection that broke, leaves no number: that is never success.
      channel.once('exit', (status: number | null) => (code = status));
      channel.once('close', () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        client.off('close', gone);
        if (code !== null && output.instead !== undefined)
          return reject(noShell(hop, code, `${output.instead} ${err}`));
        resolve({ code, out: output.whole(), err });
      });
      void feed(channel, head, options.input).catch((problem: unknown) => {
        channel.close();
        reject(problem instanceof Error ? problem : new Error(String(problem)));
      });
    });
  });
}

async function feed(channel: ClientChannel, head: Buffer, input: ExecOptions['input']): Promise<void> {
  channel.write(head);
  for await (const chunk of chunksOf(input))
    if (!channel.write(chunk)) await new Promise<void>((done) => onceOf(channel, done));
  channel.end();
}
