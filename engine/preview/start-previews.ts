/**
 * Plans, previews and profiles for the host, computed by a warm process of their own: started by a window or the first question, started anew when it died, ended with
 * the host. Each viewer's previews go with the viewer.
 */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type * as z from 'zod';
import { cancelled, fail, FlowyardError } from '../../shared/errors.ts';
import type { Handlers } from '../../shared/rpc/typed.ts';
import { limitsOf, plannedOf } from '../compute/machine-memory.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import type { PreviewContract } from './preview-contract.ts';
import { startPreviewProcess, type PreviewProcess } from './preview-process.ts';
import { previewRun } from './scratch-store.ts';

export interface PreviewsOptions {
  workspace: string;
  artifacts: Pick<ArtifactStore, 'endRun' | 'readOnly'>;
  /** The Node binary, the script and its role. */
  command: readonly string[];
  /** The content of a large file became known: what was answered about it before has other keys now. */
  onFileRead?: () => void;
  /** What the process may use of the machine; runs have the larger part. Default: all cores but one, a quarter of the memory. */
  threads?: number;
  limitBytes?: () => number | undefined;
}
export interface Previews {
  /** What one window, or one process of this user, may ask. */
  view: () => PreviewView;
  /** Starts the process before the first question, where one is sure to come. */
  warm: () => void;
  /** Ends the process: the next question starts one with the limit of then. */
  renew: () => void;
  /** Undefined while there is none. */
  pid: () => number | undefined;
  close: () => Promise<void>;
}
export interface PreviewView {
  handlers: Handlers<PreviewContract>;
  /** The viewer is gone: its previews are closed. What it still waits for is cancelled by the signals of its calls. */
  close: () => void;
}

type Api = PreviewProcess['api'];
type OpenInput = z.output<PreviewContract['preview.open']['input']>;
type Opened = z.output<PreviewContract['preview.open']['output']>;
interface OpenPreview {
  input: OpenInput;
  /** Where it is open, and under which name. */
  process: PreviewProcess;
  name: string;
  reopening?: Promise<void>;
}

/** A window has one table in sight; what a viewer left open longest ago goes first. */
const openAtOnce = 12;

// Over 80 lines: one process for all windows: what it is asked, and its restart, is one state.
export function startPreviews({
  workspace,
  artifacts,
  command,
  onFileRead = () => undefined,
  threads = Math.max(1, availableParallelism() - 1),
  limitBytes: askLimit = () => undefined,
}: PreviewsOptions): Previews {
  let running: PreviewProcess | undefined;
  let closed = false;

  function current(): PreviewProcess {
    if (closed) throw cancelled('host.closing', 'Flowyard is closing.');
    if (running !== undefined && !running.isGone()) return running;
    const limitBytes = askLimit();
    const memoryBytes = plannedOf(limitsOf('preview', limitBytes).limitBytes);
    const started = startPreviewProcess(
      { workspace, readOnly: artifacts.readOnly, threads, memoryBytes },
      { command, limitBytes },
    );
    running = started;
    void listen(started);
    void started.ended.then(() => {
      if (running === started) running = undefined;
      if (started.pid !== undefined && !artifacts.readOnly) return artifacts.endRun(previewRun(started.pid));
      return undefined;
    });
    return started;
  }

  async function listen({ api }: PreviewProcess): Promise<void> {
    try {
      const read = api['files.read']({})[Symbol.asyncIterator]();
      while ((await read.next()).done !== true) onFileRead();
    } catch {
      // It died: whoever asked something is told.
    }
  }

  async function ask<T>(process: PreviewProcess, work: (api: Api) => Promise<T>): Promise<T> {
    try {
      return await work(process.api);
    } catch (thrown) {
      throw await process.explain(thrown);
    }
  }
  /** For what plans and opens, which reads little: where the process died without a reason in the pipeline, the next one is asked, once. */
  async function askAgain<T>(work: (api: Api, process: PreviewProcess) => Promise<T>, signal: AbortSignal): Promise<T> {
    const attempt = (process: PreviewProcess): Promise<T> => ask(process, (api) => work(api, process));
    try {
      return await attempt(current());
    } catch (thrown) {
      if (!isDead(thrown) || signal.aborted) throw thrown;
      return attempt(current());
    }
  }

  // Over 80 lines: a list of what a window may ask, each of a few lines.
  function view(): PreviewView {
    const previews = new Map<string, OpenPreview>();
    const drop = (one: OpenPreview): void => {
      if (!one.process.isGone()) one.process.api['preview.close']({ preview: one.name }).catch(() => undefined);
    };
    const open = (input: OpenInput, signal: AbortSignal): Promise<{ answer: Opened; one: OpenPreview }> =>
      askAgain(async (api, process) => {
        const answer = await api['preview.open'](input, { signal });
        return { answer, one: { input, process, name: answer.preview } };
      }, signal);
    /** It went with its process, or it was closed there for want of room: opened again where it is asked for. */
    const reopen = (one: OpenPreview): Promise<void> =>
      (one.reopening ??= open(one.input, new AbortController().signal)
        .then((again) => void Object.assign(one, again.one))
        .finally(() => delete one.reopening));
    const find = (name: string): OpenPreview => {
      const one = previews.get(name);
      if (one === undefined)
        throw fail('preview.closed', { message: 'This preview is no longer open.', mend: 'Open it again.' });
      return one;
    };
    const onPreview = async <T>(name: string, work: (api: Api, preview: string) => Promise<T>): Promise<T> => {
      const one = find(name);
      if (one.process.isGone()) await reopen(one);
      const attempt = (): Promise<T> => ask(one.process, (api) => work(api, one.name));
      try {
        return await attempt();
      } catch (thrown) {
        if (!isClosed(thrown)) throw thrown;
        await reopen(one);
        return attempt();
      }
    };
    return {
      handlers: {
        'plan.check': (input, context) => askAgain((api) => api['plan.check'](input, context), context.signal),
        'plan.functions': (input, context) => askAgain((api) => api['plan.functions'](input, context), context.signal),
        'plan.expression': (input, context) =>
          askAgain((api) => api['plan.expression'](input, context), context.signal),
        'plan.code': (input, context) => askAgain((api) => api['plan.code'](input, context), context.signal),
        'pipelines.quickStart': (input, context) =>
          ask(current(), (api) => api['pipelines.quickStart'](input, context)),
        'preview.open': async (input, { signal }) => {
          const { answer, one } = await open(input, signal);
          // Unlike any of another host: a window that comes over from one still has its names.
          const preview = `preview-${randomBytes(6).toString('hex')}`;
          if (signal.aborted) drop(one);
          else previews.set(preview, one);
          for (const [name, old] of [...previews].slice(0, -openAtOnce)) {
            previews.delete(name);
            drop(old);
          }
          return { ...answer, preview };
        },
        'preview.page': ({ preview, ...page }, context) =>
          onPreview(preview, (api, name) => api['preview.page']({ ...page, preview: name }, context)),
        'preview.profile': async function* ({ preview }, context) {
          const one = find(preview);
          if (one.process.isGone()) await reopen(one);
          const profiles = () => one.process.api['preview.profile']({ preview: one.name }, context);
          try {
            yield* profiles();
          } catch (thrown) {
            if (!isClosed(thrown)) throw await one.process.explain(thrown);
            // The viewer closed it itself, and waits for nothing more.
            if (previews.get(preview) !== one) return;
            await reopen(one);
            yield* profiles();
          }
        },
        'preview.chart': ({ preview, ...chart }, context) =>
          onPreview(preview, (api, name) => api['preview.chart']({ ...chart, preview: name }, context)),
        'preview.thumbnails': (input, context) => ask(current(), (api) => api['preview.thumbnails'](input, context)),
        'preview.close': ({ preview }) => {
          const one = previews.get(preview);
          previews.delete(preview);
          if (one !== undefined) drop(one);
          return {};
        },
      },
      close: () => {
        previews.forEach(drop);
        previews.clear();
      },
    };
  }

  return {
    view,
    warm: () => {
      if (!closed) current();
    },
    renew: () => {
      void running?.stop();
      running = undefined;
    },
    pid: () => (running?.isGone() === false ? running.pid : undefined),
    close: async () => {
      closed = true;
      await running?.stop();
    },
  };
}

const isDead = (thrown: unknown): boolean => thrown instanceof FlowyardError && thrown.code === 'preview.process-died';
const isClosed = (thrown: unknown): boolean => thrown instanceof FlowyardError && thrown.code === 'preview.closed';
