/** A command that computes itself does so in a process of its own: above its memory, or after its time, it is ended, and what remains of the command says why. */
import { createInterface } from 'node:readline';
import { watchOurselves } from '../engine/compute/guarded.ts';
import { startComputing, tooMuchMemory } from '../engine/compute/start-computing.ts';
import type { Problem } from '../shared/errors.ts';
import { printJson } from './print-table.ts';
import { complain } from './say.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @returns its exit code */
export async function runApart(
  args: readonly string[],
  { limitBytes, seconds }: { limitBytes: number | undefined; seconds: number | undefined },
): Promise<number> {
  watchOurselves('host');
  const { child, stderr, howItEnded } = startComputing([process.execPath, ...process.execArgv, process.argv[1] ?? ''], {
    role: 'command',
    limitBytes,
    args,
    stdio: ['inherit', 'inherit', 'pipe'],
  });
  // A terminal sends Ctrl-C to the whole group: a second copy would read as impatience.
  const forward = (signal: NodeJS.Signals): void =>
    void (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
  for (const signal of signals) process.on(signal, forward);
  let [lastWords, isTrace] = ['', false];
  const lines = createInterface({ input: stderr });
  lines.on('line', (line) => {
    lastWords = `${lastWords}${line}\n`.slice(-4000);
    // What V8 and C++ print before they abort is for nobody who uses us.
    isTrace ||= /^<--- Last few GCs|^#\s*$|^# Fatal|^FATAL ERROR|^terminate called/.test(line);
    if (!isTrace) complain(line);
  });
  const linesClosed = new Promise<void>((resolve) => lines.once('close', resolve));
  let isLate = false;
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(
          () => {
            isLate = true;
            // Whatever it is busy with.
            child.kill('SIGKILL');
          },
          Math.min(2 ** 31 - 1, seconds * 1000),
        );
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...how) => resolve(how));
  });
  clearTimeout(timer);
  await linesClosed;
  for (const each of signals) process.off(each, forward);
  const { how, memory } = await howItEnded(code, signal, lastWords);
  if (isLate && code === null)
    return notify(args, {
      code: 'run.time-limit',
      severity: 'error',
      message: `This command took longer than the ${seconds} seconds that it may take.`,
      mend: 'Use smaller files, or give it more with --time-limit.',
    });
  if (memory === undefined && code !== null && !isTrace) return code;
  // A person stopped it.
  if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') {
    process.kill(process.pid, signal);
    return 1;
  }
  return notify(args, {
    severity: 'error',
    ...(memory === undefined
      ? { code: 'run.process-died', message: `The process that computed ended ${how}.`, mend: 'Try again.' }
      : tooMuchMemory('This command', memory)),
  });
}

function notify(args: readonly string[], problem: Problem): number {
  if (args.includes('--json')) printJson({ type: 'error', problem });
  complain(`${problem.message} ${problem.mend ?? ''}`);
  return 1;
}
