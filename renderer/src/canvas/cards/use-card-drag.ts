/** Moving cards: local while they move, one step when they are let go; a single loose card over a wire is put into it. */
import { useReactFlow, type OnNodeDrag } from '@xyflow/react';
import { useMemo, type MouseEvent } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import type { PipelineFile, WireLink } from '../../../../shared/pipeline/file.ts';
import type { Point } from '../../../../shared/pipeline/edits/graph.ts';
import { linksOf, portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { select, selection } from '../../state/window/view.ts';
import { dropNodes } from '../../drawing/canvas-commands.ts';
import { useCanvas } from '../../drawing/canvas-store.ts';
import { portPoint } from '../../drawing/port-place.ts';
import { cardWidth } from '../../../../shared/pipeline/arrange.ts';
import type { CardNode } from '../use-flow-graph.ts';
import { distanceToWay } from '../../drawing/wire-geometry.ts';
import { wireWay } from '../../drawing/wire-route.ts';

// Over 80 lines: one drag, from its start over its guides to its end.
export function useCardDrag() {
  const flow = useReactFlow<CardNode>();
  return useMemo(() => {
    const commit = (moved: readonly CardNode[]): void => {
      const { hotWire } = useCanvas.getState();
      useCanvas.setState({ hotWire: null });
      const file = activeDocument()?.file;
      if (file === undefined) return;
      const positions = Object.fromEntries(moved.map((n): [string, Point] => [n.id, [n.position.x, n.position.y]]));
      const still = Object.entries(positions).every(
        ([id, [x, y]]) => file.layout[id]?.[0] === x && file.layout[id]?.[1] === y,
      );
      const into = hotWire === null ? undefined : linksOf(file)[file.wires.indexOf(hotWire)];
      if (!still || into) dropNodes(positions, into);
    };
    const onNodeDrag: OnNodeDrag<CardNode> = (event, node, all) => {
      const hot =
        all.length === 1 && !event.altKey
          ? wireUnder(node.id, [node.position.x + cardWidth / 2, node.position.y + 46])
          : undefined;
      if (useCanvas.getState().hotWire !== (hot ?? null)) useCanvas.setState({ hotWire: hot ?? null });
    };
    const onNodeDragStop: OnNodeDrag<CardNode> = (_event, _node, all) => commit(all);
    return {
      onNodeDrag,
      onNodeDragStop,
      onSelectionDragStop: (_event: MouseEvent, all: CardNode[]): void => commit(all),
      onNodeClick: (event: MouseEvent, node: CardNode): void => {
        if (
          !event.shiftKey &&
          !event.ctrlKey &&
          !event.metaKey &&
          !(selection().nodes.length === 1 && selection().nodes[0] === node.id)
        )
          select({ nodes: [node.id] });
      },
      onNodeDoubleClick: (event: MouseEvent, node: CardNode): void => {
        if (event.target instanceof Element && event.target.closest('header'))
          useCanvas.setState({ renaming: node.id });
      },
    };

    /** The wire that a loose card lies on and fits into. */
    function wireUnder(id: string, center: Point): string | undefined {
      const file = activeDocument()?.file;
      if (file === undefined) return undefined;
      const links = linksOf(file);
      if (links.some((l) => l.from.node === id || l.to.node === id)) return undefined;
      const own = portsOf(file, id, specs);
      // The card in hand is in nobody's way.
      const others = flow
        .getNodes()
        .flatMap(({ id: other, position, measured }) =>
          other === id ? [] : [{ ...position, width: measured?.width ?? cardWidth, height: measured?.height ?? 0 }],
        );
      let best: { text: string; distance: number } | undefined;
      links.forEach((link, i) => {
        const type = portsOf(file, link.from.node, specs).outputs[link.from.port]?.wire;
        const fits =
          Object.values(own.inputs).some((p) => p.wire === type) &&
          Object.values(own.outputs).some((p) => p.wire === type);
        if (!fits) return;
        const [from, to] = endPoints(file, link);
        const distance = distanceToWay(center, wireWay(from, to, others).points);
        if (distance < 28 && (best === undefined || distance < best.distance))
          best = { text: file.wires[i] ?? '', distance };
      });
      return best?.text;
    }

    function endPoints(file: PipelineFile, link: WireLink): [Point, Point] {
      const place = (node: string): Point => {
        const shown = flow.getNode(node)?.position;
        return shown ? [shown.x, shown.y] : (file.layout[node] ?? [0, 0]);
      };
      return [
        portPoint(file, link.from.node, 'output', link.from.port, place(link.from.node)),
        portPoint(file, link.to.node, 'input', link.to.port, place(link.to.node)),
      ];
    }
  }, [flow]);
}
