import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import { portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import type { WireNeed } from '../../../../shared/pipeline/fitting-port.ts';
import { checkOf } from '../../state/runs/check.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { PortGlyph } from '../../theme/port-shape.tsx';
import { addKind } from '../../drawing/canvas-commands.ts';
import { canvasApi, useCanvas, type QuickAdd } from '../../drawing/canvas-store.ts';
import styles from '../canvas.module.css';
import { KindSearch } from '../../kinds/kind-search.tsx';

/** The search for a node at a place of the canvas; with a wire in hand, only what fits its end. */
export function QuickAddPanel() {
  const open = useCanvas((s) => s.quickAdd);
  return open === null ? null : <OpenPanel key={`${open.screen[0]} ${open.screen[1]}`} open={open} />;
}

function OpenPanel({ open }: { open: QuickAdd }) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: open.screen[0], top: open.screen[1], listHeight: 308 });
  const close = (): void => {
    useCanvas.setState({ quickAdd: null, drag: null });
    canvasApi()?.focus();
  };
  useEffect(() => {
    const away = (event: PointerEvent): void => {
      if (event.target instanceof Node && box.current?.contains(event.target) === true) return;
      useCanvas.setState({ quickAdd: null, drag: null });
    };
    const timer = setTimeout(() => document.addEventListener('pointerdown', away, true));
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerdown', away, true);
    };
  }, []);
  // The panel stays inside the canvas: near the lower edge its list is shorter, or it moves up.
  useLayoutEffect(() => {
    const parent = box.current?.offsetParent;
    if (!(parent instanceof HTMLElement)) return;
    const top = Math.max(8, Math.min(open.screen[1], parent.clientHeight - 220));
    setPlace({
      left: Math.max(8, Math.min(open.screen[0], parent.clientWidth - 276)),
      top,
      listHeight: Math.min(308, parent.clientHeight - top - 96),
    });
  }, [open]);

  const need = needOf(open);
  const file = activeDocument()?.file;
  const label = open.from && file ? t('canvas.addAnother', { node: titleOf(file, open.from.node) }) : t('canvas.add');
  const from = open.from;
  const after = from?.side === 'output' ? specs.get(file?.nodes[from.node]?.kind ?? '') : undefined;
  const style: CSSProperties & { '--list-height': string } = {
    left: place.left,
    top: place.top,
    '--list-height': `${place.listHeight}px`,
  };
  return (
    <div ref={box} className={`${styles.quick} nowheel`} role="dialog" aria-label={label} style={style}>
      {from && (
        <span className={styles.quickPort} data-side={from.side === 'output' ? 'output' : 'input'}>
          <PortGlyph wire={from.wire} surface="var(--s3)" />
        </span>
      )}
      <KindSearch
        label={label}
        need={need}
        after={after}
        onClose={close}
        onPick={(spec) => {
          useCanvas.setState({ quickAdd: null, drag: null });
          addKind(spec, { at: open.at, from: open.from, into: open.into });
          canvasApi()?.focus();
        }}
      />
    </div>
  );
}

function needOf({ from, into }: QuickAdd): WireNeed | undefined {
  const document = activeDocument();
  if (document === undefined) return undefined;
  const end = into?.from ?? (from?.side === 'output' ? from : undefined);
  const split = end && checkOf(document.draft)?.schemas[`${end.node}.${end.port}`]?.split;
  if (from) return { wire: from.wire, needs: from.side === 'output' ? 'input' : 'output', split };
  if (!into) return undefined;
  const wire = portsOf(document.file, into.from.node, specs).outputs[into.from.port]?.wire;
  return wire === undefined ? undefined : { wire, needs: 'input', split };
}
