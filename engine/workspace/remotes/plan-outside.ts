/** What a run needs on its remote is planned by a process of its own: the host never plans nor hashes. */
import { fail, failWith, type Problem } from '../../../shared/errors.ts';
import { startComputing, tooMuchMemory, type End } from '../../compute/start-computing.ts';
import { shipping, type Shipping } from '../../remote/staging/shipping.ts';
import type { RunRequest } from '../../run/run-request.ts';

function readPlan(out: string, lastWords: string, memory: End['memory']): Shipping {
  if (memory !== undefined) {
    throw failWith(tooMuchMemory('The plan of what to send', memory));
  }
  let said: { problem?: Problem };
  try {
    said = JSON.parse(out);
  } catch (cause) {
    throw fail(
      'run.process-died',
      {
        message: 'The process that plans what to send ended early.',
        mend: 'Run again.',
        facts: { lastWords },
      },
      { cause },
    );
  }
  if (said.problem !== undefined) throw failWith(said.problem);
  return shipping.parse(said);
}

export function planOutside(command: readonly string[], request: RunRequest, signal: AbortSignal): Promise<Shipping> {
  return new Promise((resolve, reject) => {
    const { child, stdin, stdout, stderr, howItEnded } = startComputing(command, { role: 'plan' });
    let [out, err] = ['', ''];
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    stdout.on('data', (data: Buffer) => (out += data.toString()));
    stderr.on('data', (data: Buffer) => (err = `${err}${data.toString()}`.slice(-4000)));
    stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code, killed) => {
      signal.removeEventListener('abort', stop);
      void howItEnded(code, killed, err)
        .then(({ memory }) => readPlan(out, err, memory))
        .then(resolve, reject);
    });
    stdin.end(`${JSON.stringify(request)}\n`);
  });
}
