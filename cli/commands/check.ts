/** `flowyard check FILE`: what a run would stumble over, without running. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { limitsOf, plannedOf } from '../../engine/compute/machine-memory.ts';
import { checkPipeline } from '../../engine/preview/check-pipeline.ts';
import { Planner } from '../../engine/preview/planner.ts';
import { openPreviewStore } from '../../engine/preview/scratch-store.ts';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';
import { loadRun, loadSpecs } from '../../nodes/runs.ts';
import { sayMoves } from '../../shared/run/say-moves.ts';
import type { Problem } from '../../shared/errors.ts';
import { resolveParameters } from '../../shared/pipeline/parameters.ts';
import { resourcesFolder } from '../run-environment.ts';
import { printJson, printLines } from '../print-table.ts';
import { ownLimitOptions, readLimits } from '../input/read-limits.ts';
import { commonOptions, readCount, type Command } from './command.ts';
import { pipelineOptions, placeNode, readPipelineRequest } from './run-options.ts';

export const check: Command = {
  name: 'check',
  usage: 'check FILE',
  about: 'Says what is wrong with a pipeline, and what a run would compute.',
  options: {
    ...pipelineOptions,
    place: { type: 'string', multiple: true, value: 'node=NAME', about: 'Plan this node on that remote.' },
    partitions: { type: 'string', value: 'N', about: 'Plan rows that lie in several files in N parts.' },
    to: { type: 'string', value: 'NODE', about: 'Plan only what this node needs.' },
    ...ownLimitOptions,
    ...commonOptions,
  },
  run: async (input) => {
    const { file: read, path, parameters, granted, workspace } = await readPipelineRequest(input);
    const file = input.texts('place').reduce(placeNode, read);
    // Only a name that the pipeline does not have is refused at once: a missing value is one of the problems.
    const known = Object.keys(parameters).filter((name) => !Object.hasOwn(file.parameters, name));
    if (known.length > 0) resolveParameters(file, parameters);
    await using store = await openPreviewStore(
      await openArtifacts({ folder: join(workspace, '.flowyard'), removeLeftovers: false }),
    );
    await using planner = new Planner({
      specs: await loadSpecs(),
      loadRun,
      store,
      workspace,
      resources: resourcesFolder,
      threads: availableParallelism(),
      memoryBytes: plannedOf(limitsOf('command', readLimits(input).memoryBytes).limitBytes),
      granted,
    });
    const result = await checkPipeline(
      planner,
      { path, file, parameters },
      input.text('to') ?? null,
      readCount(input, 'partitions'),
    );
    const errors = result.problems.filter((p) => p.severity === 'error').length;
    const warnings = result.problems.length - errors;
    if (input.flag('json')) {
      for (const problem of result.problems) printJson({ type: 'problem', ...problem });
      printJson({
        type: 'check-finished',
        errors,
        warnings,
        nodes: result.plan.total,
        compute: result.plan.compute,
        parts: result.plan.parts,
        placed: result.plan.placed,
        schemas: result.schemas,
      });
    } else {
      printLines(result.problems.map(sayProblem));
      const { placed } = result.plan;
      if (placed !== null && placed.moves.length > 0) printLines([`  ${sayMoves(placed.target, placed.moves)}`]);
      printLines(result.plan.parts.map(({ node, text }) => `  ${node}: ${text}`));
      printLines([
        `${count(errors, 'error')}, ${count(warnings, 'warning')}. ${result.plan.compute.length === 0 ? 'A run would compute nothing.' : `A run would compute ${result.plan.compute.length} of ${result.plan.total} nodes.`}`,
      ]);
    }
    return errors > 0 ? 2 : 0;
  },
};

const sayProblem = (p: Problem): string =>
  `${p.severity === 'error' ? '✗' : '!'} ${[p.node, p.param ?? p.port].filter((part) => part !== undefined).join('.')}${p.node === undefined ? '' : ': '}${p.message}${p.mend === undefined ? '' : ` ${p.mend}`}`;
const count = (n: number, what: string): string => `${n === 0 ? 'no' : n} ${what}${n === 1 ? '' : 's'}`;
