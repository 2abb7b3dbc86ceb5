import { kindFacts } from '../../../nodes/kind-facts.ts';
import { checkOf, useChecks } from '../state/runs/check.ts';
import { activeDocument } from '../state/documents/documents.ts';
import { isRunning, runOf } from '../state/runs/followed-run.ts';
import { t } from '../text/t.ts';
import { nodeFace } from './node-face.ts';

/** The state of a node in a word, for what is said aloud. */
export function nodeStateWord(id: string): string {
  const document = activeDocument();
  const node = document?.file.nodes[id];
  if (document === undefined || node === undefined) return t('states.idle');
  const run = runOf(document.draft);
  return nodeFace({
    node,
    spec: kindFacts.get(node.kind),
    check: checkOf(document.draft)?.nodes[id],
    problems: useChecks.getState().problems[document.draft]?.[id] ?? [],
    run: run?.state.nodes[id],
    running: isRunning(run),
    current: true,
    trusted: document.trusted,
    nowMs: Date.now(),
  }).word;
}
