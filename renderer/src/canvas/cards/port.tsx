import { Handle, Position } from '@xyflow/react';
import type { CSSProperties } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import type { Port as PortSpec } from '../../../../shared/kind/define-spec.ts';
import { whyNotConnect } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { wireColor } from '../../theme/category.ts';
import { PortGlyph } from '../../theme/port-shape.tsx';
import { useCanvas } from '../../drawing/canvas-store.ts';
import styles from './card.module.css';
import { portY } from '../../drawing/port-place.ts';

interface PortProps {
  node: string;
  name: string;
  port: PortSpec;
  side: 'input' | 'output';
  index: number;
}

/** A port: its sign by wire, its name on hover, and while a wire is drawn, whether that wire may end here. */
export function Port({ node, name, port, side, index }: PortProps) {
  const fit = useCanvas((s) => portFit(s.drag, node, name, port, side));
  const style: CSSProperties & { '--pc': string } = { top: portY(index), '--pc': wireColor(port.wire) };
  const title = t(port.optional === true ? 'canvas.portOptional' : 'canvas.port', {
    title: port.title,
    wire: t(`canvas.wire.${port.wire}`),
  });
  return (
    <Handle
      id={name}
      type={side === 'input' ? 'target' : 'source'}
      position={side === 'input' ? Position.Left : Position.Right}
      className={styles.port}
      style={style}
      data-fits={fit === 'fits' ? true : undefined}
      data-refused={fit === 'refused' ? true : undefined}
      data-port={`${node}.${name}`}
      data-side={side}
      role="img"
      aria-label={t(side === 'input' ? 'canvas.inputPort' : 'canvas.outputPort', { port: title })}
    >
      <PortGlyph wire={port.wire} hollow={port.optional === true && side === 'input'} />
      <span className={styles.portName} data-side={side} aria-hidden>
        {port.title}
      </span>
    </Handle>
  );
}

function portFit(
  drag: ReturnType<typeof useCanvas.getState>['drag'],
  node: string,
  name: string,
  port: PortSpec,
  side: 'input' | 'output',
): 'fits' | 'refused' | 'own' | null {
  if (drag === null) return null;
  if (drag.node === node && drag.port === name && drag.side === side) return 'own';
  // Cheap refusals first: this runs for every port on the screen.
  if (drag.side === side || drag.wire !== port.wire || drag.node === node) return 'refused';
  const file = activeDocument()?.file;
  if (file === undefined) return 'refused';
  const ends =
    drag.side === 'output' ? { from: drag, to: { node, port: name } } : { from: { node, port: name }, to: drag };
  return whyNotConnect(
    file,
    specs,
    { node: ends.from.node, port: ends.from.port },
    { node: ends.to.node, port: ends.to.port },
  ) === null
    ? 'fits'
    : 'refused';
}
