/**
 * A shell on a Ray cluster: each script is a job on the head node, which is where jobs without wishes run. Its input comes in the job's words or, when it is
 * larger, as a package; its output is the job's log, as text in base 64, since logs mix streams and change bytes.
 */
import { createHash, randomBytes } from 'node:crypto';
import { fail } from '../../../shared/errors.ts';
import type { RayApi } from './ray-api.ts';
import { AfterMarker, chunksOf, commandFor, type ExecOptions, type RemoteShell, type ShellResult } from './shell.ts';
import { writeZip } from './zip.ts';

/** An argument of a process may have 128 KiB. */
const mostInline = 64 << 10;
const pollMs = 150;
const longestMs = 10 * 60_000;

export function openRayShell(api: RayApi): RemoteShell {
  return {
    exec: (script, options = {}) => execAsJob(api, script, options),
    // The package's own limit, with room for its directory.
    maxInputBytes: 90 << 20,
    stepMs: 2000,
    close: () => undefined,
  };
}

async function execAsJob(
  api: RayApi,
  script: string,
  { input, onOutput, signal, timeoutMs }: ExecOptions,
): Promise<ShellResult> {
  const { command, head } = commandFor(script);
  const parts: Uint8Array[] = [head];
  for await (const chunk of chunksOf(input)) parts.push(Buffer.from(chunk));
  const stdin = Buffer.concat(parts);
  const isSmall = stdin.length <= mostInline;
  const workingDir = isSmall ? undefined : await sendInput(api, stdin);
  const id = `fy-sh-${randomBytes(8).toString('hex')}`;
  const feed = isSmall ? `printf %s ${stdin.toString('base64')} | base64 -d >$t/i` : 'cp fy-input $t/i';
  const entrypoint = `t=$(mktemp -d); ${feed}; (${command}) <$t/i >$t/o 2>$t/e; c=$?; echo; echo @fy-out; base64 <$t/o; echo @fy-err; tail -c 4000 $t/e | base64; echo @fy-code $c; rm -rf $t`;
  await api.submit({ id, entrypoint, ...(workingDir === undefined ? {} : { workingDir }) });
  const untilMs = Date.now() + (timeoutMs ?? longestMs);
  for (;;) {
    if (signal?.aborted === true || Date.now() > untilMs) {
      await api.stop(id);
      return { code: null, out: Buffer.alloc(0), err: '' };
    }
    const job = await api.job(id);
    if (job === undefined)
      throw fail('target.unreachable', { message: 'Ray lost the job that was asked.', mend: 'It is asked again.' });
    if (job.status === 'SUCCEEDED' || job.status === 'FAILED' || job.status === 'STOPPED') break;
    await new Promise((done) => setTimeout(done, pollMs));
  }
  const log = await api.logs(id);
  await api.forget(id).catch(() => undefined);
  return readLog(log, onOutput);
}

/** Content-addressed: the same input is sent once. */
async function sendInput(api: RayApi, stdin: Buffer): Promise<string> {
  const zip = writeZip([{ name: 'fy-input', bytes: stdin }]);
  const name = `_ray_pkg_${createHash('sha256').update(zip).digest('hex').slice(0, 32)}.zip`;
  return api.putPackage(name, zip);
}

function readLog(log: string, onOutput: ExecOptions['onOutput']): ShellResult {
  const outAt = log.lastIndexOf('@fy-out\n');
  const errAt = log.indexOf('@fy-err\n', outAt);
  const code = /@fy-code (\d+)/.exec(log.slice(Math.max(0, errAt)))?.[1];
  if (outAt < 0 || errAt < 0 || code === undefined) return { code: null, out: Buffer.alloc(0), err: log.slice(-2000) };
  const after = new AfterMarker();
  const out = after.take(Buffer.from(log.slice(outAt + 8, errAt), 'base64'));
  const err = Buffer.from(log.slice(errAt + 8).split('@fy-code')[0] ?? '', 'base64').toString();
  if (onOutput === undefined) return { code: Number(code), out, err };
  onOutput(out);
  return { code: Number(code), out: Buffer.alloc(0), err };
}
