import { isAbsolute } from 'node:path';
import { fail } from '../../../shared/errors.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import { setParameter, type SweepAxis } from '../../plan/axes/trial/trials.ts';
import type { Caller, HostContext } from '../host-context.ts';
import { refuseUntrusted } from './pipelines.ts';

type Area = Pick<
  Handlers<Contract>,
  'runs.start' | 'runs.cancel' | 'runs.events' | 'runs.list' | 'runs.get' | 'runs.remove'
>;

// Over 80 lines: a list of handlers, each of a few lines.
export function runHandlers(context: HostContext, caller: Caller): Area {
  const { store, runs, changes, open } = context;
  const rowOf = (run: string) => {
    const row = store.runs.get(run);
    if (row === undefined)
      throw fail('run.unknown', {
        message: `There is no run "${run}".`,
        mend: 'It may have been removed from the history.',
      });
    return row;
  };
  return {
    'runs.start': async ({
      pipeline,
      draft,
      parameters = {},
      to,
      ignoreCache = false,
      sweep = {},
      set = {},
      granted = [],
      threads,
      target,
      partitions,
      limits,
      replaceServices,
    }) => {
      // What the command line is told to run is trusted.
      if (caller === 'window') await refuseUntrusted(context, pipeline);
      let { file } = pipeline;
      for (const [place, value] of Object.entries(set)) file = setParameter(file, ...splitPlace(place), value);
      const axes: SweepAxis[] = Object.entries(sweep).map(([place, values]) => {
        const [node, param] = splitPlace(place);
        return { node, param, values };
      });
      const isOutside = pipeline.path !== null && isAbsolute(pipeline.path);
      if (isOutside && caller === 'window')
        throw fail('file.outside-workspace', {
          message: `"${pipeline.path}" lies outside the workspace.`,
          mend: 'Open a pipeline of the workspace.',
        });
      const run = runs.start({
        path: pipeline.path,
        draft: draft === undefined ? undefined : open.nameOf(draft),
        ...(isOutside && pipeline.path !== null ? { absolutePath: pipeline.path } : {}),
        file,
        parameters,
        to,
        ignoreCache,
        sweep: axes,
        granted: caller === 'process' ? granted : [],
        threads,
        target,
        partitions,
        limits,
        replaceServices,
      });
      if (draft !== undefined) open.ran(draft, run);
      return { run };
    },
    'runs.cancel': ({ run }) => {
      rowOf(run);
      runs.cancel(run);
      return {};
    },
    'runs.events': ({ run, afterSeq }, { signal }) => runs.events(run, afterSeq, signal),
    'runs.list': ({ limit, before_ms, pipeline }) => {
      store.flush();
      return store.runs.list({ limit, beforeMs: before_ms, pipeline });
    },
    'runs.get': ({ run }) => {
      store.flush();
      const file = store.runs.file(run);
      const row = rowOf(run);
      return { run: row, file: file ?? fileGone(run) };
    },
    'runs.remove': ({ run }) => {
      rowOf(run);
      if (runs.live().includes(run))
        throw fail('run.living', { message: 'This run is still under way.', mend: 'Cancel it first.' });
      store.runs.remove(run);
      changes.notify('runs');
      return {};
    },
  };
}

function fileGone(run: string): never {
  throw fail('run.unknown', {
    message: `There is no run "${run}".`,
    mend: 'It may have been removed from the history.',
  });
}

function splitPlace(place: string): [node: string, param: string] {
  const dot = place.indexOf('.');
  if (dot <= 0 || dot === place.length - 1)
    throw fail('run.bad-place', { message: `"${place}" names no parameter.`, mend: 'Write node.parameter.' });
  return [place.slice(0, dot), place.slice(dot + 1)];
}
