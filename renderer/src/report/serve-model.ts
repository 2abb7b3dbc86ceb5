/** From a report to a service of the model that it judges. */
import { specs } from '../../../nodes/specs.ts';
import { columnPx } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile, WireEnd } from '../../../shared/pipeline/file.ts';
import { addKind, showOnceDrawn } from '../drawing/canvas-commands.ts';
import { slugOf } from '../state/files/file-names.ts';
import { linksOf, portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { titleOf } from '../state/documents/commands.ts';
import { activeDocument } from '../state/documents/documents.ts';
import { documentTitle } from '../state/files/files.ts';
import { awaitService } from '../state/runs/followed-run.ts';
import { runPipeline } from '../state/runs/run-commands.ts';
import { toast } from '../state/window/toasts.ts';
import { revealNode, useView } from '../state/window/view.ts';
import { t } from '../text/t.ts';

const servedBy: Readonly<Partial<Record<string, string>>> = { model: 'deploy.http', llm: 'deploy.language' };

export interface Servable {
  /** Where the model comes from. */
  from: WireEnd;
  wire: 'model' | 'llm';
  /** A node that serves it already. */
  service?: string;
}

/** The model that goes into an evaluation; undefined where none does. */
export function servableOf(file: PipelineFile, evaluation: string): Servable | undefined {
  for (const { from, to } of linksOf(file)) {
    if (to.node !== evaluation) continue;
    const wire = portsOf(file, from.node, specs).outputs[from.port]?.wire;
    if (wire !== 'model' && wire !== 'llm') continue;
    const service = linksOf(file).find(
      (link) => link.from.node === from.node && link.from.port === from.port && isService(file, link.to.node),
    )?.to.node;
    return { from, wire, ...(service === undefined ? {} : { service }) };
  }
  return undefined;
}

const isService = (file: PipelineFile, node: string): boolean =>
  Object.values(servedBy).includes(file.nodes[node]?.kind);

/**
 * Runs the node that serves the model; where there is none, it is added first, as one step of the history. Whoever reads a report goes on reading it: the node
 * is brought into view, and not selected.
 */
export async function serveModel({ from, wire, service }: Servable): Promise<void> {
  const document = activeDocument();
  const spec = specs.get(servedBy[wire] ?? '');
  if (document === undefined || spec === undefined) return;
  const source = document.file.layout[from.node] ?? [0, 0];
  const node =
    service ??
    addKind(spec, {
      at: [source[0] + columnPx, source[1]],
      from: { ...from, wire, side: 'output' },
      keepSelection: true,
      params: { name: slugOf(documentTitle(document).replace(/\.(pipeline\.json|flowyard)$/i, '')).slice(0, 80) },
    });
  if (node === undefined) return;
  // In full size the report stands where the canvas is.
  if (useView.getState().screen.name === 'pipeline') showOnceDrawn(node);
  else if (service === undefined)
    toast({
      tone: 'plain',
      title: t('report.serveAdded', { node: titleOf(activeDocument()?.file ?? document.file, node) }),
      action: { title: t('common.goTo'), run: () => revealNode(node) },
    });
  awaitService(document.draft, node);
  await runPipeline({ to: node });
}
