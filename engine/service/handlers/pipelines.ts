import { fail, toProblem } from '../../../shared/errors.ts';
import { formatPipeline } from '../../../shared/pipeline/parse.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';
import { examplePrefix, hashContent, readExample, readPipeline, savePipeline } from '../pipeline-files.ts';

type Area = Pick<
  Handlers<Contract>,
  | 'pipelines.recent'
  | 'pipelines.open'
  | 'pipelines.save'
  | 'pipelines.trust'
  | 'pipelines.journal'
  | 'pipelines.drafts'
>;

const recentPipelines = 30;

export function pipelineHandlers({ workspace, examplesFolder, store, changes, now }: HostContext): Area {
  const { pipelines, drafts, runs, models } = store;
  return {
    'pipelines.recent': async () => {
      const recent = await Promise.all(
        pipelines.recent(recentPipelines).map(async ({ path, title, opened_ms }) => {
          // What was moved or removed since is not offered; an unreadable one is, so that its error can be read.
          const isThere = await readPipeline(workspace, path).then(
            () => true,
            (error: unknown) => !['pipeline.missing', 'file.missing'].includes(toProblem(error).code),
          );
          return isThere
            ? { path, title, opened_ms, lastRun: runs.last(path) ?? null, unsaved: drafts.ofPath(path) !== undefined }
            : undefined;
        }),
      );
      return recent.flatMap((one) => one ?? []);
    },
    'pipelines.open': async ({ path }) => {
      if (path.startsWith(examplePrefix))
        return {
          path: null,
          ...(await readExample(examplesFolder, path.slice(examplePrefix.length))),
          trusted: true,
          journal: null,
        };
      const opened = await readPipeline(workspace, path);
      pipelines.opened(path, opened.file.title, now());
      changes.tell('pipelines');
      const draft = drafts.ofPath(path);
      // Work that was saved after all is no unsaved work.
      const isUnsaved = draft !== undefined && formatPipeline(draft.file) !== formatPipeline(opened.file);
      return {
        path,
        ...opened,
        trusted: pipelines.isTrusted(opened.hash),
        journal: isUnsaved ? { file: draft.file, savedHash: draft.savedHash, time_ms: draft.time_ms } : null,
      };
    },
    'pipelines.save': async (request) => {
      const { hash } = await savePipeline(workspace, pipelines, request, now());
      if (request.runs !== undefined && request.runs.length > 0) {
        runs.adopt(request.runs, request.path);
        models.adopt(request.runs, request.path);
        changes.tell('runs', 'models');
      }
      changes.tell('pipelines', 'files');
      return { hash };
    },
    'pipelines.trust': async ({ path }) => {
      pipelines.trust((await readPipeline(workspace, path)).hash, 'person', now());
      return {};
    },
    'pipelines.journal': ({ path, draft, file, savedHash }) => {
      if (file === null) drafts.forget(draft);
      else drafts.keep({ draft, path, title: file.title, file, savedHash, time_ms: now() });
      return {};
    },
    'pipelines.drafts': () =>
      drafts.list().map(({ draft, path, title, time_ms, file }) => ({ draft, path, title, time_ms, file })),
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
