/** Dropping on the canvas: a kind from the palette, or a file from the desktop, which becomes a reader. */
import { useReactFlow } from '@xyflow/react';
import { useMemo, type DragEvent } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { toProblem } from '../../../shared/errors.ts';
import { parseWire, type WireLink } from '../../../shared/pipeline/file.ts';
import type { AnySpec } from '../../../shared/spec/define-spec.ts';
import { portsOf } from '../edits/ports.ts';
import { kindDragType, readerFor } from '../palette/reader-for.ts';
import { fittingPort } from '../palette/search-kinds.ts';
import { activeDocument } from '../state/documents.ts';
import { toastProblem } from '../state/toasts.ts';
import { uploadFile } from '../state/upload.ts';
import { addKind } from './canvas-commands.ts';

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
        [...event.dataTransfer.files].forEach((file, i) => void addReader(file, [at.x - 108, at.y - 17 + 120 * i]));
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

async function addReader(file: File, at: readonly [number, number]): Promise<void> {
  try {
    const path = await uploadFile(file);
    const found = readerFor(file.name);
    if (found) addKind(found.spec, { at, params: { [found.param]: path } });
  } catch (thrown) {
    toastProblem(toProblem(thrown));
  }
}
