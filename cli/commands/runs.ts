/** `flowyard runs`: the history. */
import { resolve } from 'node:path';
import { printJson, printLines, printTable, sayMetrics, sayTime } from '../print-table.ts';
import { withHistory } from '../with-history.ts';
import { exitCodeOf } from '../exit-code.ts';
import { printEvent } from '../print-event.ts';
import { commonOptions, readCount, UsageError, type Command, type CommandInput } from './command.ts';
import { follow } from './run.ts';

const usualLimit = 20;

export const runs: Command = {
  name: 'runs',
  usage: 'runs [RUN] | runs attach RUN',
  about:
    'Lists the runs of the workspace, newest first; RUN tells one; attach follows one that is on a target to its end.',
  options: { limit: { type: 'string', value: 'N', about: `How many. Default: ${usualLimit}.` }, ...commonOptions },
  run: async (input) => {
    const limit = readCount(input, 'limit', 1, 500) ?? usualLimit;
    const json = input.flag('json');
    const [id, attached] = input.positionals;
    if (id === 'attach') return attach(input, attached);
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
          `Started    ${sayTime(run.started_ms)}${run.finished_ms === null ? '' : `, took ${((run.finished_ms - run.started_ms) / 1000).toFixed(1)} s`}`,
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
