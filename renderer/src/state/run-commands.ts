/** Starting a run from the window, and saying how it ended. */
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { RunState } from '../../../shared/run/run-state.ts';
import { headline } from '../runs/compare-runs.ts';
import { sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { announce } from './announce.ts';
import { titleOf } from './commands.ts';
import { activeDocument, documentOf, useDocuments } from './documents.ts';
import { onRunFinished, startRun, type StartOptions } from './followed-run.ts';
import { toast, toastProblem } from './toasts.ts';
import { revealNode, select, selection, showDrawer, showScreen, useKept, useView } from './view.ts';

export async function runPipeline(options: StartOptions = {}): Promise<void> {
  const document = activeDocument();
  if (document === undefined) return;
  try {
    const { runTarget: target, runParts } = useKept.getState();
    await startRun(document.draft, { target, partitions: runParts[document.path ?? document.draft], ...options });
  } catch (thrown) {
    const problem = toProblem(thrown);
    const node = problem.node;
    toastProblem(
      problem,
      node === undefined ? undefined : { title: t('common.goTo'), run: () => revealNode(node, problem.param) },
    );
  }
}

/** Says how each run ended: a failure with the way to its node, without moving the camera. */
export const watchRunEnds = (): (() => void) => onRunFinished(sayEnd);

function sayEnd(draft: string, run: RunState): void {
  const file = documentOf(draft)?.file;
  switch (run.status) {
    case 'failed': {
      const failed = Object.entries(run.nodes).find(([, node]) => node.state === 'failed');
      const problem = failed?.[1].problem ?? run.problem;
      const title =
        failed && file ? t('app.toast.runFailed', { node: titleOf(file, failed[0]) }) : t('app.toast.runFailedAlone');
      announce(title);
      return toast({
        tone: 'bad',
        title,
        detail: detailOf(problem),
        action: failed && { title: t('common.goTo'), run: () => goTo(draft, failed[0]) },
      });
    }
    case 'done':
      showWhatCameOut(draft, run);
      announce(t('app.toast.runDone', { time: sayDuration(run.ms ?? 0) }));
      return toast({ tone: 'ok', title: t('app.toast.runDone', { time: sayDuration(run.ms ?? 0) }) });
    case 'cancelled':
      return toast({ tone: 'plain', title: t('app.toast.runCancelled') });
    case 'interrupted':
      return toast({ tone: 'warn', title: t('app.toast.runInterrupted'), detail: detailOf(run.problem) });
    case 'starting':
    case 'running':
      return undefined;
  }
}

/** Of what ended the run itself (a limit, a process that died) the way out is said, too: on no other node it is looked for. */
const detailOf = (problem: Problem | undefined): string | undefined =>
  problem?.code.startsWith('run.') === true && problem.mend !== undefined
    ? `${problem.message} ${problem.mend}`
    : problem?.message;

/**
 * A person who has selected nothing is led to what the run was for: the report of an evaluation, without moving the camera. Who looks at a node already is
 * left alone.
 */
function showWhatCameOut(draft: string, run: RunState): void {
  const document = activeDocument();
  if (document?.draft !== draft || useView.getState().screen.name !== 'pipeline') return;
  if (selection().nodes.length > 0 || selection().wires.length > 0) return;
  const evaluated = Object.keys(run.metrics).filter(
    (id) => document.file.nodes[id]?.kind.startsWith('evaluate.') === true && run.nodes[id]?.outputs.length !== 0,
  );
  const best = bestEvaluation(run, evaluated);
  if (best === undefined) return;
  select({ nodes: [best] });
  // Where a node gives no rows, the preview is its report; whoever looks at another node next sees that one's rows.
  showDrawer('preview');
}

/** Of several the best by what they measure first; where that cannot be told, the first. */
function bestEvaluation(run: RunState, evaluated: readonly string[]): string | undefined {
  const metrics = Object.fromEntries(evaluated.map((id) => [id, run.metrics[id] ?? {}]));
  return headline({ metrics })?.node ?? evaluated[0];
}

function goTo(draft: string, node: string): void {
  useDocuments.setState({ active: draft });
  showScreen({ name: 'pipeline' });
  revealNode(node);
}
