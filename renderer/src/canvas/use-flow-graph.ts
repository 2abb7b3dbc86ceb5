/** The pipeline as React Flow wants it: objects that stay the same while nothing about them changes, positions local while a card is dragged. */
import { applyNodeChanges, type Edge, type Node, type NodeChange } from '@xyflow/react';
import { useCallback, useLayoutEffect, useMemo, useState } from 'react';
import { cardHeight, cardWidth } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import { useActive } from '../state/documents/documents.ts';
import { select, selection, useSelection } from '../state/window/view.ts';

export type CardNode = Node<Record<string, never>, 'card'>;
export type WireEdge = Edge<Record<string, never>, 'wire'>;

const noData: Record<string, never> = {};

export function useFlowGraph(): {
  nodes: CardNode[];
  edges: WireEdge[];
  onNodesChange: (changes: NodeChange<CardNode>[]) => void;
} {
  const file = useActive((d) => d?.file);
  const draft = useActive((d) => d?.draft);
  const chosen = useSelection((s) => s);
  const [nodes, setNodes] = useState<CardNode[]>([]);

  const ids = file?.nodes;
  const layout = file?.layout;
  useLayoutEffect(() => {
    // React Flow owns the positions while a card is dragged, the document afterwards: this is where the two meet.
    // oxlint-disable-next-line react/set-state-in-effect
    setNodes((old) => (ids === undefined || layout === undefined ? [] : reconcile(old, ids, layout, chosen.nodes)));
  }, [draft, ids, layout, chosen.nodes]);

  const wires = file?.wires;
  const [known] = useState<{ edges: ReadonlyMap<string, WireEdge> }>(() => ({ edges: new Map() }));
  const edges = useMemo(() => {
    const next = new Map<string, WireEdge>();
    const links = wires === undefined ? [] : linksOf({ wires });
    links.forEach(({ from, to }, i) => {
      const id = wires?.[i] ?? '';
      const selected = chosen.wires.includes(id);
      const old = known.edges.get(id);
      next.set(
        id,
        old !== undefined && old.selected === selected
          ? old
          : {
              id,
              type: 'wire',
              source: from.node,
              sourceHandle: from.port,
              target: to.node,
              targetHandle: to.port,
              selected,
              data: noData,
            },
      );
    });
    // A cache of objects by their content: writing it changes nothing that is seen.
    // oxlint-disable-next-line react/immutability
    known.edges = next;
    return [...next.values()];
  }, [wires, chosen.wires, known]);

  const onNodesChange = useCallback((changes: NodeChange<CardNode>[]) => {
    const picks = changes.filter((c) => c.type === 'select');
    if (picks.length > 0) {
      const now = new Set(selection().nodes);
      for (const pick of picks)
        if (pick.selected) now.add(pick.id);
        else now.delete(pick.id);
      select({ nodes: [...now], wires: now.size === 0 ? selection().wires : [] });
    }
    const own = changes.filter((c) => c.type === 'position' || c.type === 'dimensions');
    if (own.length > 0) setNodes((old) => applyNodeChanges(own, old));
  }, []);

  return { nodes, edges, onNodesChange };
}

function reconcile(
  old: readonly CardNode[],
  ids: PipelineFile['nodes'],
  layout: PipelineFile['layout'],
  chosen: readonly string[],
): CardNode[] {
  const before = new Map(old.map((node) => [node.id, node]));
  const picked = new Set(chosen);
  const next = Object.keys(ids).map((id, i): CardNode => {
    const [x, y] = layout[id] ?? [(i % 6) * 260, 400 + Math.floor(i / 6) * 140];
    const selected = picked.has(id);
    const was = before.get(id);
    if (was === undefined)
      return {
        id,
        type: 'card',
        position: { x, y },
        selected,
        data: noData,
        initialWidth: cardWidth,
        initialHeight: cardHeight(1),
      };
    const moved = was.dragging !== true && (was.position.x !== x || was.position.y !== y);
    return moved || was.selected !== selected ? { ...was, selected, ...(moved ? { position: { x, y } } : {}) } : was;
  });
  return next.length === old.length && next.every((node, i) => node === old[i]) ? [...old] : next;
}
