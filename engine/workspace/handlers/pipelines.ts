import { randomUUID } from 'node:crypto';
import { fail, toProblem } from '../../../shared/errors.ts';
import { samePipeline } from '../../../shared/pipeline/changes.ts';
import { formatPipeline } from '../../../shared/pipeline/parse.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';
import { writeIfTaken } from '../../files/store-problem.ts';
import { examplePrefix, hashContent, readExample, readPipeline, savePipeline } from '../pipeline-files.ts';

type Area = Pick<
  Handlers<Contract>,
  | 'pipelines.recent'
  | 'pipelines.open'
  | 'pipelines.save'
  | 'pipelines.trust'
  | 'pipelines.follow'
  | 'pipelines.edit'
  | 'pipelines.based'
  | 'pipelines.discard'
  | 'pipelines.takeBack'
  | 'pipelines.drafts'
>;

const recentPipelines = 30;

// Over 80 lines: a list of handlers, each of a few lines.
export function pipelineHandlers({ workspace, examplesFolder, store, changes, open, now }: HostContext): Area {
  const { pipelines, runs, models } = store;
  return {
    'pipelines.recent': async () => {
      const unsaved = new Set(
        (await open.list()).flatMap(({ path, file, saved }) =>
          path === null || (saved !== null && samePipeline(file, saved)) ? [] : [path],
        ),
      );
      const recent = await Promise.all(
        pipelines.recent(recentPipelines).map(async ({ path, title, opened_ms }) => {
          // What was moved or removed since is not offered; an unreadable one is, so that its error can be read.
          const isThere = await readPipeline(workspace, path).then(
            () => true,
            (error: unknown) => !['pipeline.missing', 'file.missing'].includes(toProblem(error).code),
          );
          return isThere
            ? { path, title, opened_ms, lastRun: runs.last(path) ?? null, unsaved: unsaved.has(path) }
            : undefined;
        }),
      );
      return recent.flatMap((one) => one ?? []);
    },
    'pipelines.open': async ({ path }) => {
      if (path.startsWith(examplePrefix)) {
        const example = await readExample(examplesFolder, path.slice(examplePrefix.length));
        // A copy of its own each time.
        return {
          path: null,
          file: example.file,
          onDisk: example,
          baseHash: null,
          trusted: true,
          saved: example.file,
          draft: randomUUID(),
          unsaved_ms: null,
          windows: 0,
        };
      }
      const opened = await readPipeline(workspace, path);
      writeIfTaken(() => pipelines.opened(path, opened.file.title, now()));
      await open.look(path);
      changes.notify('pipelines');
      const { file, baseHash, saved, draft, changedMs, windows } = open.at(path, opened);
      return {
        path,
        file,
        onDisk: opened,
        baseHash,
        trusted: pipelines.isTrusted(opened.hash),
        saved,
        draft,
        unsaved_ms: changedMs,
        windows,
      };
    },
    'pipelines.save': async (request) => {
      const { hash } = await savePipeline(workspace, pipelines, request, now());
      const earlier = request.draft === undefined ? [] : runs.adopt(open.nameOf(request.draft), request.path);
      models.adopt(earlier, request.path);
      if (earlier.length > 0) changes.notify('runs', 'models');
      if (request.draft !== undefined)
        open.settle(request.draft, { path: request.path, hash, trusted: true, file: request.file });
      changes.notify('pipelines', 'files');
      return { hash };
    },
    'pipelines.trust': async ({ path }) => {
      pipelines.trust((await readPipeline(workspace, path)).hash, 'person', now());
      open.trust(path);
      return {};
    },
    'pipelines.follow': (request, { signal }) => open.follow(request, signal),
    'pipelines.edit': (request) => open.edit(request),
    'pipelines.based': ({ draft, ...on }) => {
      open.settle(draft, on);
      return {};
    },
    'pipelines.discard': (request) => open.discard(request),
    'pipelines.takeBack': ({ draft }) => {
      open.takeBack(draft);
      return {};
    },
    'pipelines.drafts': () => open.list(),
  };
}

/** Refuses to run or read data for a file that came from elsewhere and that nobody looked at. What was never saved was made in the window. */
export async function refuseUntrusted(
  { workspace, store }: Pick<HostContext, 'workspace' | 'store'>,
  pipeline: { path: string | null; file: Parameters<typeof formatPipeline>[0] },
): Promise<void> {
  if (pipeline.path === null) return;
  const text = formatPipeline(pipeline.file);
  if (store.pipelines.isTrusted(hashContent(text))) return;
  const onDisk = await readPipeline(workspace, pipeline.path).catch(() => undefined);
  // An edited pipeline is as trusted as the file that it began as.
  if (onDisk === undefined || store.pipelines.isTrusted(onDisk.hash)) return;
  throw fail('pipeline.untrusted', {
    message: `"${pipeline.path}" was not made in this workspace, so it does not run until you trust it.`,
    mend: 'Look at what it reads and writes, then trust it.',
    facts: { path: pipeline.path },
  });
}
