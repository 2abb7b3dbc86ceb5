import { useMemo, type MouseEvent as ReactMouseEvent, type RefObject } from 'react';
import { select, selection } from '../../state/window/view.ts';
import { useCanvas } from '../../drawing/canvas-store.ts';
import type { CardNode, WireEdge } from '../use-flow-graph.ts';

/** The right button on a card, a wire or the canvas; a card that is not selected becomes the selection. */
export function useContextMenu(box: RefObject<HTMLDivElement | null>) {
  return useMemo(() => {
    const open = (event: ReactMouseEvent | MouseEvent, on: 'node' | 'wire' | 'pane'): void => {
      event.preventDefault();
      const frame = box.current?.getBoundingClientRect();
      useCanvas.setState({
        menu: { on, screen: [event.clientX - (frame?.left ?? 0), event.clientY - (frame?.top ?? 0)] },
      });
    };
    return {
      onNodeContextMenu: (event: ReactMouseEvent, node: CardNode): void => {
        if (!selection().nodes.includes(node.id)) select({ nodes: [node.id] });
        open(event, 'node');
      },
      onSelectionContextMenu: (event: ReactMouseEvent): void => open(event, 'node'),
      onEdgeContextMenu: (event: ReactMouseEvent, edge: WireEdge): void => {
        select({ wires: [edge.id] });
        open(event, 'wire');
      },
      onPaneContextMenu: (event: ReactMouseEvent | MouseEvent): void => open(event, 'pane'),
    };
  }, [box]);
}
