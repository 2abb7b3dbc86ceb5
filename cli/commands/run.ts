/** `flowyard run FILE`: the same command here and on a cluster. */
import { availableParallelism, totalmem } from 'node:os';
import { startRunner } from '../../engine/run/start-runner.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { processCommand } from '../house.ts';
import { printEvent } from '../print-event.ts';
import { newRunId } from '../run-id.ts';
import { commonOptions, type Command } from './command.ts';
import { pipelineOptions, readPipelineRequest, readSweep } from './run-options.ts';

export const run: Command = {
  name: 'run',
  usage: 'run FILE',
  about: 'Runs a pipeline and prints its metrics.',
  options: {
    ...pipelineOptions,
    sweep: { type: 'string', multiple: true, value: 'node.param=a,b,c', about: 'One trial for each value.' },
    to: { type: 'string', value: 'NODE', about: 'Run only what this node needs.' },
    threads: { type: 'string', value: 'N', about: 'Threads to use. The results do not depend on it.' },
    'no-cache': { type: 'boolean', about: 'Compute everything anew.' },
    ...commonOptions,
  },
  run: async (input) => {
    const request = await readPipelineRequest(input);
    const json = input.flag('json');
    let status = 'failed';
    const show = (event: RunEvent): void => {
      if (event.type === 'run-finished') status = event.status;
      if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
      else printEvent(event);
    };
    const handle = startRunner(
      {
        run: newRunId(),
        ...request,
        sweep: readSweep(input),
        to: input.text('to') ?? null,
        ignoreCache: input.flag('no-cache'),
        deterministic: true,
        threads: Number(input.text('threads') ?? availableParallelism()),
        memoryBytes: totalmem() * 0.5,
      },
      { command: processCommand('runner'), onEvent: show },
    );
    const stop = (): void => handle.cancel();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const end = await handle.ended;
    if (end.problem) process.stderr.write(`${end.problem.message} ${end.problem.mend ?? ''}\n${String(end.problem.facts?.['lastWords'] ?? '')}\n`);
    return status === 'done' ? 0 : 1;
  },
};
