/** A shell on this machine: a remote without a network, for runs that outlive the app. */
import { spawn } from 'node:child_process';
import { fail } from '../../../shared/errors.ts';
import { chunksOf, commandFor, ScriptOutput, type ExecOptions, type RemoteShell, type ShellResult } from './shell.ts';

export function openLocalShell(): RemoteShell {
  if (process.platform === 'win32')
    throw fail('target.no-shell', {
      message: 'A remote of the kind "local" needs a POSIX shell, which Windows lacks.',
      mend: 'Run without a remote on this machine.',
    });
  return {
    exec: (script, options = {}) => execHere(script, options),
    maxInputBytes: Number.POSITIVE_INFINITY,
    stepMs: 10,
    close: () => undefined,
  };
}

/** Runs a script in `sh`, with the same beginning as on every other machine. */
export function execHere(
  script: string,
  { input, onOutput, signal, timeoutMs }: ExecOptions,
  env: NodeJS.ProcessEnv = process.env,
  cwd?: string,
): Promise<ShellResult> {
  const { command, head } = commandFor(script);
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], { stdio: 'pipe', env, ...(cwd === undefined ? {} : { cwd }) });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const stop = (): void => void child.kill('SIGTERM');
    signal?.addEventListener('abort', stop, { once: true });
    const output = new ScriptOutput(onOutput === undefined ? {} : { onOutput });
    let err = '';
    child.stdout.on('data', (data: Buffer) => {
      try {
        output.take(data);
      } catch (problem) {
        reject(problem instanceof Error ? problem : new Error(String(problem)));
        child.kill('SIGKILL');
      }
    });
    child.stderr.on('data', (data: Buffer) => (err = `${err}${data.toString()}`.slice(-20_000)));
    child.stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve({ code, out: output.whole(), err });
    });
    void feed(child.stdin, head, input).catch(reject);
  });
}

async function feed(stdin: NodeJS.WritableStream, head: Buffer, input: ExecOptions['input']): Promise<void> {
  stdin.write(head);
  for await (const chunk of chunksOf(input))
    if (!stdin.write(chunk)) await new Promise<void>((done) => onceOf(stdin, done));
  stdin.end();
}

/** Room for more, or nobody who reads any more. */
export function onceOf(stream: NodeJS.WritableStream, done: () => void): void {
  const go = (): void => {
    for (const name of ['drain', 'close', 'error']) stream.removeListener(name, go);
    done();
  };
  for (const name of ['drain', 'close', 'error']) stream.once(name, go);
}
