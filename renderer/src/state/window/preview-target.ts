/** Whose output the drawer shows: the chosen port or wire, else the selected node's first output (a node without one: what it reads). */
import { useMemo } from 'react';
import { kindFacts } from '../../../../nodes/kind-facts.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import type { Wire } from '../../../../shared/wires.ts';
import { linksOf, portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { useActive } from '../documents/documents.ts';
import { useSelection, useView, type Selection } from './view.ts';

export interface PreviewTarget {
  draft: string;
  node: string;
  port: string;
  wire: Wire;
}

export function usePreviewTarget(): PreviewTarget | null {
  const draft = useActive((d) => d?.draft);
  const file = useActive((d) => d?.file);
  const chosen = useSelection((s) => s);
  const port = useView((s) => (draft === undefined ? undefined : (s.pinned[draft] ?? s.previewPort[draft])));
  return useMemo(() => {
    if (draft === undefined || file === undefined) return null;
    const end = (port && Object.hasOwn(file.nodes, port.node) ? port : undefined) ?? previewEnd(file, chosen);
    if (end === undefined) return null;
    const wire = portsOf(file, end.node, kindFacts).outputs[end.port]?.wire;
    return wire === undefined ? null : { draft, ...end, wire };
  }, [draft, file, chosen, port]);
}

/** Pure part, for tests. */
export function previewEnd(file: PipelineFile, chosen: Selection): { node: string; port: string } | undefined {
  const wire = chosen.nodes.length === 0 ? chosen.wires[0] : undefined;
  if (wire !== undefined) return linksOf(file).find((_, i) => file.wires[i] === wire)?.from;
  const node = chosen.nodes.length === 1 ? chosen.nodes[0] : undefined;
  if (node === undefined) return undefined;
  const outputs = Object.entries(portsOf(file, node, kindFacts).outputs);
  const first =
    outputs.find(([, p]) => p.wire === 'table') ?? outputs.find(([, p]) => p.wire === 'report') ?? outputs[0];
  if (first) return { node, port: first[0] };
  return linksOf(file).find((l) => l.to.node === node)?.from;
}

export function choosePreview(draft: string, end: { node: string; port: string } | undefined): void {
  useView.setState((s) => ({ previewPort: { ...s.previewPort, [draft]: end } }));
}
