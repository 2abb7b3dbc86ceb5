/** What the preview process answers: checks, previews, profiles, charts, code, the quick start. */
import type { AnyRun } from '../../shared/capabilities.ts';
import type { Handlers } from '../../shared/rpc/typed.ts';
import type { Specs } from '../graph/specs.ts';
import type { TaskServices } from '../run/tasks/task-services.ts';
import { workUnreported, type AtWork } from '../compute/at-work.ts';
import { openThumbnails } from '../images/thumbnails.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { CheckAnswers } from './check-answers.ts';
import { checkPipeline } from './check-pipeline.ts';
import { codeOf } from './code.ts';
import { drawChart } from './draw-chart.ts';
import { functionsOf, judgeExpression } from './judge-expression.ts';
import { openPreview, previewClosed, type Preview } from './open-preview.ts';
import { Planner, type PipelineInHand } from './planner.ts';
import type { PreviewRequest, ProcessContract } from './preview-contract.ts';
import { profilePreview } from './profile.ts';
import { quickStart } from './quick-start.ts';
import { openPreviewStore } from './scratch-store.ts';

export interface EngineParts {
  specs: Specs;
  loadRun: (kind: string) => Promise<AnyRun>;
  /** Results of runs. */
  results: ArtifactStore;
  resources: string;
  tasks: Pick<TaskServices, 'startWorkers' | 'wasm'>;
  /** Told before a node is looked at, should that be the last thing that the process does. Default: nobody asks. */
  atWork?: AtWork;
}
export interface PreviewEngine extends AsyncDisposable {
  handlers: Handlers<ProcessContract>;
}

/** Previews kept open for all viewers together: what was looked at longest ago goes first, and is opened anew when somebody asks for it. */
const openAtOnce = 12;

// Over 80 lines: one process put together, in the order in which its parts need each other.
export async function openEngine(
  { workspace, threads, memoryBytes }: Omit<PreviewRequest, 'readOnly'>,
  parts: EngineParts,
): Promise<PreviewEngine> {
  const store = await openPreviewStore(parts.results);
  const { specs, loadRun, resources, atWork = workUnreported } = parts;
  const filesRead = makeBell();
  const planner = new Planner({
    specs,
    loadRun,
    store,
    workspace,
    resources,
    threads,
    memoryBytes,
    onFileRead: filesRead.ring,
    atWork,
  });
  const thumbnails = openThumbnails(parts.results.folder);
  const answers = new CheckAnswers();
  const previews = new Map<string, Preview>();
  let opened = 0;
  const previewOf = (name: string): Preview => {
    const found = previews.get(name);
    if (found === undefined) throw previewClosed();
    previews.delete(name);
    previews.set(name, found);
    return found;
  };
  const inHand = (
    pipeline: { path: string | null; file: PipelineInHand['file'] },
    parameters?: Record<string, unknown>,
  ): PipelineInHand => ({ ...pipeline, parameters });
  const close = async (name: string): Promise<void> => {
    const preview = previews.get(name);
    previews.delete(name);
    await preview?.close();
  };
  return {
    handlers: {
      'plan.check': async ({ pipeline, parameters, to, known }) =>
        answers.notify(await checkPipeline(planner, inHand(pipeline, parameters), to), known),
      'plan.functions': () => functionsOf(planner),
      'plan.expression': ({ pipeline, node, param, text }) =>
        judgeExpression(planner, inHand(pipeline), node, param, text),
      'plan.code': ({ pipeline, node, port, parameters, fold }) =>
        codeOf(planner, { pipeline: inHand(pipeline, parameters), node, port, fold }),
      'pipelines.quickStart': ({ path, target, read }) =>
        quickStart({ planner, resources, path, target, read: read ?? {} }),
      'preview.open': async ({ pipeline, node, port, parameters, fold }, { signal }) => {
        const started = performance.now();
        const name = `preview-${++opened}`;
        const target = { pipeline: inHand(pipeline, parameters), node, port, fold };
        const preview = await atWork(node, () => openPreview(planner, target, parts.tasks, name, signal));
        if (signal.aborted) await preview.close();
        else previews.set(name, preview);
        const [oldest] = previews.keys();
        if (previews.size > openAtOnce && oldest !== undefined) void close(oldest);
        await store.tidy();
        return {
          preview: name,
          schema: preview.schema,
          rows: preview.rows(),
          exact: preview.rows() !== null,
          origin: preview.origin,
          ...(preview.fold === undefined ? {} : { fold: preview.fold }),
          ms: performance.now() - started,
        };
      },
      'preview.page': async ({ preview, ...request }, { signal }) => {
        const shown = previewOf(preview);
        return atWork(shown.node, () => shown.page(request, signal));
      },
      'preview.profile': async function* ({ preview }, { signal }) {
        const shown = previewOf(preview);
        const profiles = profilePreview(shown, signal);
        try {
          for (;;) {
            const next = await atWork(shown.node, () => profiles.next());
            if (next.done === true) return;
            yield next.value;
          }
        } finally {
          await profiles.return(undefined);
        }
      },
      'preview.chart': async ({ preview, ...chart }, { signal }) => {
        const shown = previewOf(preview);
        return atWork(shown.node, () => drawChart(shown, parts, chart, signal));
      },
      'preview.thumbnails': async ({ images, side_px }, { signal }) => ({
        thumbnails: await thumbnails.get(images, side_px, signal),
      }),
      'files.read': (_input, { signal }) => filesRead.rings(signal),
      'preview.close': async ({ preview }) => {
        await close(preview);
        return {};
      },
    },
    [Symbol.asyncDispose]: async () => {
      for (const name of [...previews.keys()]) await close(name);
      await planner[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** What happened while nobody listened is told once. */
function makeBell(): { ring: () => void; rings: (signal: AbortSignal) => AsyncGenerator<Record<string, never>> } {
  let rung = 0;
  let wake = (): void => undefined;
  return {
    ring: () => {
      rung += 1;
      wake();
    },
    rings: async function* (signal) {
      for (let heard = 0; !signal.aborted;) {
        if (heard === rung)
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        if (heard === rung) continue;
        heard = rung;
        yield {};
      }
    },
  };
}
