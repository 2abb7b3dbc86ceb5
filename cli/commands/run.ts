/** `flowyard run FILE`: the run goes through the workspace's host, so that every result is in its history, whoever is the host. */
import { realpath } from 'node:fs/promises';
import * as z from 'zod';
import { isHostGone } from '../../engine/host/reach-host.ts';
import { isInside } from '../../engine/files/is-inside.ts';
import { listTrials } from '../../engine/plan/axes/trial/trials.ts';
import { nameInWorkspace } from '../../engine/workspace/workspace-files.ts';
import { fail } from '../../shared/errors.ts';
import { resolveParameters } from '../../shared/pipeline/parameters.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { thisMachine } from '../../shared/targets.ts';
import { exitCodeOf } from '../exit-code.ts';
import { printEvent } from '../print-event.ts';
import { printJson } from '../print-table.ts';
import { complain } from '../say.ts';
import { withHost, type HostApi } from '../with-host.ts';
import { limitOptions, readLimits } from '../input/read-limits.ts';
import { commonOptions, readCount, type Command, type CommandInput } from './command.ts';
import { pipelineOptions, placeNode, readPipelineRequest, readSweep, type PipelineRequest } from './run-options.ts';

const jsonRecord = z.record(z.string(), z.json());
const jsonLists = z.record(z.string(), z.array(z.json()));
type Finished = Extract<RunEvent, { type: 'run-finished' }>;
type StartInput = Parameters<HostApi['runs.start']>[0];

export const run: Command = {
  name: 'run',
  usage: 'run FILE',
  about: 'Runs a pipeline and prints its metrics.',
  options: {
    ...pipelineOptions,
    sweep: { type: 'string', multiple: true, value: 'node.param=a,b,c', about: 'One trial for each value.' },
    remote: {
      type: 'string',
      value: 'NAME',
      alias: 'target',
      about: 'Runs it there: one of `flowyard remotes list`.',
    },
    place: {
      type: 'string',
      multiple: true,
      value: 'node=NAME',
      about: 'Runs this node there, and what it needs; the rest here.',
    },
    to: { type: 'string', value: 'NODE', about: 'Run only what this node needs.' },
    threads: {
      type: 'string',
      value: 'N',
      about: 'Threads to use. The results do not depend on it, but for the last digits of networks.',
    },
    partitions: {
      type: 'string',
      value: 'N',
      about: 'Computes rows that lie in several files in N parts; 1: by one query. Default: as the memory asks for.',
    },
    ...limitOptions,
    replace: {
      type: 'boolean',
      about: 'Lets services that the pipeline declares replace another model that has their name.',
    },
    'no-cache': { type: 'boolean', about: 'Compute everything anew.' },
    ...commonOptions,
  },
  run: async (input) => {
    const request = await readPipelineRequest(input);
    const start = await readStart(input, request);
    const print = input.flag('json') ? printJson : printEvent;
    const refused: string[] = [];
    const { status, problem } = await follow(request.workspace, { start }, (event) => {
      if (event.type === 'service-declared' && event.kept !== undefined)
        refused.push(sayKept(event.service, event.kept));
      print(event);
    });
    if (status !== 'done') return exitCodeOf(problem?.code);
    for (const words of refused) complain(words);
    return refused.length === 0 ? 0 : 1;
  },
};

const sayKept = (service: string, model: string): string =>
  `The service "${service}" goes on answering with ${model}: run again with --replace to have it answer with the new model, or name the service otherwise.`;

/** Refuses before anything starts what can be known to be wrong: a run that never began is not in the history. */
async function readStart(input: CommandInput, request: PipelineRequest): Promise<StartInput> {
  const { path, parameters, granted, workspace } = request;
  const file = input.texts('place').reduce(placeNode, request.file);
  const to = input.text('to') ?? null;
  const sweep = readSweep(input);
  resolveParameters(file, parameters);
  listTrials(file, sweep);
  if (to !== null && file.nodes[to] === undefined)
    throw fail('run.no-node', {
      message: `The pipeline has no node "${to}".`,
      mend: `It has ${Object.keys(file.nodes).sort().join(', ')}.`,
    });
  const threads = readCount(input, 'threads');
  const partitions = readCount(input, 'partitions');
  const target = input.text('remote');
  const limits = readLimits(input);
  const [root, place] = await Promise.all([realpath(workspace).catch(() => workspace), realpath(path)]);
  return {
    pipeline: { path: isInside(root, place) ? nameInWorkspace(root, place) : place, file },
    parameters: jsonRecord.parse(parameters),
    to,
    ignoreCache: input.flag('no-cache'),
    replaceServices: input.flag('replace'),
    sweep: jsonLists.parse(Object.fromEntries(sweep.map((axis) => [`${axis.node}.${axis.param}`, axis.values]))),
    granted,
    ...(threads === undefined ? {} : { threads }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(target === undefined || target === thisMachine ? {} : { target }),
  };
}

/** How often a run is begun anew because the command that hosted it was killed. */
const mostAttempts = 3;

/**
 * Every fact in order, to the end. When the host that took the run goes before its end, this process takes its place and reads on in the history; a run that
 * died with its host is begun anew: it is not this command that was stopped.
 */
export async function follow(
  workspace: string,
  what: { start: StartInput } | { run: string },
  print: (event: RunEvent) => void,
): Promise<Finished> {
  let run = 'run' in what ? what.run : undefined;
  let seq = -1;
  let cancelled = false;
  for (let attempt = 1; ;) {
    const finished = await withHost(workspace, async ({ api, isOwn }): Promise<Finished | undefined> => {
      let stopListening = (): void => undefined;
      try {
        // Asked again when nobody knows whether a host that died had begun it: what it computed is found.
        if (run !== undefined) await api['runs.attach']({ run });
        const id = (run ??= 'start' in what ? (await api['runs.start'](what.start)).run : '');
        stopListening = cancelOnSignal(() => {
          cancelled = true;
          void api['runs.cancel']({ run: id }).catch(() => undefined);
        });
        for await (const events of api['runs.events']({ run: id, afterSeq: seq }))
          for (const event of events) {
            if (!cancelled && 'start' in what && attempt < mostAttempts && diedWithItsHost(event)) {
              [run, seq, attempt] = [undefined, -1, attempt + 1];
              return undefined;
            }
            seq = event.seq;
            print(event);
            if (event.type === 'run-finished') return event;
          }
        return undefined;
      } catch (thrown) {
        if (isOwn || !isHostGone(thrown)) throw thrown;
        return undefined;
      } finally {
        stopListening();
      }
    });
    if (finished !== undefined) return finished;
  }
}

const diedWithItsHost = (event: RunEvent): boolean =>
  event.type === 'run-finished' && event.status === 'interrupted' && event.problem?.code === 'run.interrupted';

/** Once; a second Ctrl-C ends the process at once, and its runner with it. */
function cancelOnSignal(cancel: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const stop = (): void => {
    for (const signal of signals) process.off(signal, stop);
    cancel();
  };
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
