/** `flowyard runs`: the history. */
import { resolve } from 'node:path';
import { printJson, printLines, printTable, sayMetrics, sayTime } from '../print-table.ts';
import { findLivingHost } from '../../engine/host/lock.ts';
import { connectToHost } from '../../engine/host/reach-host.ts';
import { fail } from '../../shared/errors.ts';
import { steer, type Steer } from '../../shared/rpc/contract/training.ts';
import { withHistory } from '../with-history.ts';
import { exitCodeOf } from '../exit-code.ts';
import { printEvent } from '../print-event.ts';
import { commonOptions, readCount, UsageError, type Command, type CommandInput } from './command.ts';
import { follow } from './run.ts';

const usualLimit = 20;

export const runs: Command = {
  name: 'runs',
  usage: 'runs [RUN] | runs attach RUN | runs pause|resume|finish RUN [NODE]',
  about:
    'Lists the runs of the workspace, newest first; RUN tells one. attach follows one that is on a remote to its end. pause, resume and finish (end now, keep the best) are for what trains in a run.',
  options: { limit: { type: 'string', value: 'N', about: `How many. Default: ${usualLimit}.` }, ...commonOptions },
  run: async (input) => {
    const limit = readCount(input, 'limit', 1, 500) ?? usualLimit;
    const json = input.flag('json');
    const [id, attached] = input.positionals;
    if (id === 'attach') return attach(input, attached);
    const order = steer.safeParse(id);
    if (order.success) return steerRun(input, order.data);
    return withHistory(resolve(input.text('workspace') ?? '.'), async (history) => {
      if (id === undefined) {
        const rows = await history.runs(limit);
        if (json) rows.forEach(printJson);
        else if (rows.length === 0) printLines(['No run yet.']);
        else
          printTable(
            ['RUN', 'STARTED', 'STATUS', 'COMPUTED', 'CACHED', 'PIPELINE'],
            rows.map((r) => [r.id, sayTime(r.started_ms), r.status, String(r.computed), String(r.cached), r.title]),
          );
        return 0;
      }
      const { run, file } = await history.run(id);
      if (json) printJson({ ...run, file });
      else
        printLines([
          `${run.id}  ${run.title}`,
          `Pipeline   ${run.pipeline}`,
          `Status     ${run.status}`,
          `Started    ${sayTime(run.started_ms)}${run.ms === null ? '' : `, took ${(run.ms / 1000).toFixed(1)} s`}`,
          `Nodes      ${run.computed} computed, ${run.cached} from the cache`,
          ...Object.entries(run.parameters).map(([name, value]) => `Parameter  ${name} = ${JSON.stringify(value)}`),
          ...Object.entries(run.metrics).map(([node, metrics]) => `Metrics    ${node}: ${sayMetrics(metrics)}`),
          ...(run.problem === null
            ? []
            : [
                `Problem    ${run.problem.node === undefined ? '' : `${run.problem.node}: `}${run.problem.message} ${run.problem.mend ?? ''}`.trimEnd(),
              ]),
        ]);
      return 0;
    });
  },
};

async function attach(input: CommandInput, run: string | undefined): Promise<number> {
  if (run === undefined) throw new UsageError('Which run?');
  const print = input.flag('json') ? printJson : printEvent;
  const { status, problem } = await follow(resolve(input.text('workspace') ?? '.'), { run }, print);
  return status === 'done' ? 0 : exitCodeOf(problem?.code);
}

/** Only a living host has runs under way: whoever started it, a window or `flowyard run` in another terminal. */
async function steerRun(input: CommandInput, to: Steer): Promise<number> {
  const [, run, node = null] = input.positionals;
  if (run === undefined) throw new UsageError(`flowyard runs ${to} takes the run's id; flowyard runs lists them.`);
  const living = findLivingHost(resolve(input.text('workspace') ?? '.'));
  if (living === undefined)
    throw fail('run.not-steerable', {
      message: 'No run is under way in this workspace.',
      mend: 'Start it with flowyard run, or in the app.',
    });
  const connection = await connectToHost(living);
  try {
    const { nodes } = await connection.api['runs.steer']({ run, node, to });
    if (input.flag('json')) printJson({ run, to, nodes });
    else printLines(nodes.map((reported) => `${reported}: ${said[to]}`));
    return 0;
  } finally {
    connection.close();
  }
}
const said: Readonly<Record<Steer, string>> = {
  pause: 'told to pause after this step.',
  resume: 'told to go on.',
  finish: 'told to end after this step and to keep the best.',
};
