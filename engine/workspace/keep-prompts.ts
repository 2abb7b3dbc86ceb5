/** After a run: the prompts that it used are kept as versions, by content. */
import type { Store } from '../store/store.ts';

/** Nodes that write prompts: what they hold beside a template is settings. */
const isPrompt = (kind: string): boolean => kind === 'language.prompt';

export function keepPrompts(store: Store, run: string, nowMs: number): void {
  const row = store.runs.get(run);
  const file = store.runs.file(run);
  if (row === undefined || file === undefined || store.readOnly) return;
  for (const [node, { kind, params }] of Object.entries(file.nodes))
    if (isPrompt(kind))
      store.prompts.keep({ pipeline: row.pipeline, node, params: JSON.parse(JSON.stringify(params)), run, nowMs });
}
