import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import styles from './resizer.module.css';

interface ResizerProps {
  label: string;
  /** The edge of the panel that is dragged. */
  edge: 'left' | 'right' | 'top';
  size: number;
  min: number;
  max: number;
  onResize: (size: number) => void;
  /** Double-click, and a drag to less than half the least size. */
  onCollapse: () => void;
}

/** The edge of a panel: drag it, or move it by arrow keys. */
export function Resizer({ label, edge, size, min, max, onResize, onCollapse }: ResizerProps) {
  const start = useRef<{ at: number; size: number } | null>(null);
  const [dragging, setDragging] = useState(false);
  const sign = edge === 'right' ? 1 : -1;
  const place = (event: PointerEvent): number => (edge === 'top' ? event.clientY : event.clientX);
  const set = (next: number): void => onResize(Math.round(Math.max(min, Math.min(max, next))));
  const key = (event: KeyboardEvent): void => {
    const step =
      edge === 'top'
        ? { ArrowUp: 16, ArrowDown: -16 }[event.key]
        : { ArrowRight: 16 * sign, ArrowLeft: -16 * sign }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(size + step);
  };
  return (
    <div
      role="separator"
      aria-label={label}
      aria-orientation={edge === 'top' ? 'horizontal' : 'vertical'}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={styles.resizer}
      data-edge={edge}
      data-dragging={dragging || undefined}
      onKeyDown={key}
      onDoubleClick={onCollapse}
      onPointerDown={(event) => {
        start.current = { at: place(event), size };
        setDragging(true);
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        const next = start.current.size + (place(event) - start.current.at) * sign;
        if (next < min / 2) {
          start.current = null;
          setDragging(false);
          onCollapse();
        } else set(next);
      }}
      onPointerUp={() => {
        start.current = null;
        setDragging(false);
      }}
    />
  );
}
