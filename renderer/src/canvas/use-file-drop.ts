/** Dropping on the canvas: a kind from the palette, or a file from the desktop, which becomes a reader. */
import { useReactFlow } from '@xyflow/react';
import { useMemo, type DragEvent } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { toProblem } from '../../../shared/errors.ts';
import { parseWire, type WireLink } from '../../../shared/pipeline/file.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import { portsOf } from '../../../shared/pipeline/edits/ports.ts';
import { readerForDropped } from '../readers/reader-for-dropped.ts';
import { kindDragType } from '../readers/reader-for.ts';
import { fittingPort } from '../../../shared/pipeline/fitting-port.ts';
import { isPipelineName, openDropped, sayUnread } from '../readers/open-dropped.ts';
import { activeDocument } from '../state/documents/documents.ts';
import { bringDropped, takeDropped, type Dropped } from '../state/files/dropped.ts';
import { toast, toastProblem } from '../state/window/toasts.ts';
import { addKind } from '../drawing/canvas-commands.ts';

export function useFileDrop(setDropping: (dropping: boolean) => void) {
  const flow = useReactFlow();
  return useMemo(() => {
    const takes = (event: DragEvent): boolean =>
      event.dataTransfer.types.includes(kindDragType) || event.dataTransfer.types.includes('Files');
    return {
      onDragOver: (event: DragEvent): void => {
        if (!takes(event)) return;
        event.preventDefault();
        event.stopPropagation();
        event.dataTransfer.dropEffect = 'copy';
        setDropping(true);
      },
      onDragLeave: (event: DragEvent): void => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
          setDropping(false);
      },
      onDrop: (event: DragEvent): void => {
        setDropping(false);
        if (!takes(event)) return;
        event.preventDefault();
        event.stopPropagation();
        const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        const kind = specs.get(event.dataTransfer.getData(kindDragType));
        if (kind) addKind(kind, { at: [at.x - 108, at.y - 17], into: wireAt(event.clientX, event.clientY, kind) });
        takeDropped(event.dataTransfer)
          .then((all) => all.forEach((dropped, i) => void addReader(dropped, [at.x - 108, at.y - 17 + 120 * i])))
          .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
      },
    };
  }, [flow, setDropping]);
}

/** The wire under the pointer, if the kind can stand in it. */
function wireAt(x: number, y: number, kind: AnySpec): WireLink | undefined {
  const text = document
    .elementsFromPoint(x, y)
    .map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id'))
    .find((id) => id !== null && id !== undefined);
  const file = activeDocument()?.file;
  if (text === null || text === undefined || file === undefined || !file.wires.includes(text)) return undefined;
  const link = parseWire(text);
  const wire = portsOf(file, link.from.node, specs).outputs[link.from.port]?.wire;
  return wire !== undefined &&
    fittingPort(kind, { wire, needs: 'input' }) !== undefined &&
    fittingPort(kind, { wire, needs: 'output' }) !== undefined
    ? link
    : undefined;
}

/** Dropping on the canvas adds; a pipeline is opened. What no kind reads is not copied first. */
async function addReader(dropped: Dropped, at: readonly [number, number]): Promise<void> {
  if (dropped.kind === 'file' && isPipelineName(dropped.file.name)) return openDropped(dropped);
  const found = await readerForDropped(dropped);
  if (found === undefined) return toast({ tone: 'bad', ...sayUnread(dropped) });
  const path = await bringDropped(dropped);
  if (path !== undefined) addKind(found.spec, { at, params: { [found.param]: path } });
}
