import { useEffect, useState, type RefObject } from 'react';
import type { PageCell } from '../../../../shared/rpc/page.ts';
import { exactText } from './format-cell.ts';
import styles from './grid.module.css';

/** A text that does not fit its cell is shown in full over it while the cell has the focus. */
export function FullCell({
  value,
  leftPx,
  topPx,
  widthPx,
  scroller,
  place,
}: {
  value: PageCell | undefined;
  leftPx: number;
  topPx: number;
  widthPx: number;
  scroller: RefObject<HTMLDivElement | null>;
  place: { row: number; column: number };
}) {
  const [hasFocus, setFocus] = useState(false);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const update = (): void => setFocus(document.activeElement === element);
    element.addEventListener('focus', update);
    element.addEventListener('blur', update);
    return () => {
      element.removeEventListener('focus', update);
      element.removeEventListener('blur', update);
    };
  }, [scroller]);
  const view = scroller.current;
  if (!hasFocus || view === null || typeof value !== 'string') return null;
  const text = exactText(value);
  const isCut = text.includes('\n') || text.length * 6.6 > widthPx - 20;
  const isInView = topPx >= 70 && topPx + 24 <= view.clientHeight && leftPx >= 0 && leftPx < view.clientWidth - 60;
  if (!isCut || !isInView) return null;
  const isLow = topPx > view.clientHeight / 2;
  return (
    <div
      className={styles.full}
      key={`${place.row} ${place.column}`}
      style={{
        left: Math.min(leftPx, view.clientWidth - 200),
        minWidth: widthPx,
        ...(isLow ? { bottom: view.clientHeight - topPx - 24 + 24 } : { top: topPx }),
      }}
    >
      {text}
    </div>
  );
}
