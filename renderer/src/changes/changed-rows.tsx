import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { PageCell } from '../../../shared/rpc/page.ts';
import { decimalsOf, formatCell } from '../preview/grid/format-cell.ts';
import { sayName } from '../preview/grid/grid-head.tsx';
import { TypeGlyph } from '../theme/type-glyph.tsx';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import type { Line } from './align-rows.ts';
import styles from './changes.module.css';
import type { ColumnChange } from './compare-columns.ts';
import type { Side } from './use-two-tables.ts';

const linePx = 24;
/** Lines drawn beyond the view, so that scrolling meets no empty ones. */
const spare = 8;

/** Rows with what happened to them: dropped, added, or with other cells, the old value struck through beside the new. */
export function ChangedRows({
  lines,
  before,
  after,
  columns,
}: {
  lines: readonly Line[];
  before: Side;
  after: Side;
  columns: readonly ColumnChange[];
}) {
  const room = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 300 });
  useLayoutEffect(() => {
    const element = room.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const shown = useMemo(() => columns.map((column) => shownColumn(column, before, after)), [columns, before, after]);
  const first = Math.max(0, Math.floor(view.top / linePx) - spare);
  const end = Math.min(lines.length, Math.ceil((view.top + view.height) / linePx) + spare);
  return (
    <div
      ref={room}
      className={styles.room}
      tabIndex={0}
      role="region"
      aria-label={t('changes.rowsRegion')}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <table className={styles.table} aria-rowcount={lines.length + 1}>
        <thead>
          <tr>
            <th scope="col">{t('changes.row')}</th>
            {shown.map(({ change }) => (
              <th key={change.name} scope="col" data-fate={change.fate} title={change.name}>
                <span>
                  <TypeGlyph column={change.column} />
                  <b>{sayName(change)}</b>
                  {change.fate !== 'kept' && <small>{t(`changes.fate.${change.fate}`)}</small>}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden style={{ height: first * linePx }} />}
          {lines.slice(first, end).map((line, i) => (
            <LineRow key={`${line.before} ${line.after}`} line={line} columns={shown} index={first + i} />
          ))}
          {end < lines.length && <tr aria-hidden style={{ height: (lines.length - end) * linePx }} />}
        </tbody>
      </table>
    </div>
  );
}

interface Shown {
  change: ColumnChange;
  before: readonly PageCell[] | undefined;
  after: readonly PageCell[] | undefined;
  decimals: { before: number; after: number };
}

function shownColumn(change: ColumnChange, before: Side, after: Side): Shown {
  const find = (side: Side) => side.sample.columns.find((c) => c.name === change.name)?.values;
  const values = { before: find(before), after: find(after) };
  const decimals = (cells: readonly PageCell[] | undefined): number => decimalsOf((cells ?? []).slice(0, 400));
  return { change, ...values, decimals: { before: decimals(values.before), after: decimals(values.after) } };
}

function LineRow({ line, columns, index }: { line: Line; columns: readonly Shown[]; index: number }) {
  const kind = line.after === null ? 'dropped' : line.before === null ? 'added' : undefined;
  return (
    <tr data-kind={kind} aria-rowindex={index + 2}>
      <th scope="row">
        {kind !== undefined && <span className={styles.sign}>{kind === 'dropped' ? '−' : '+'}</span>}
        {sayCount((line.after ?? line.before ?? 0) + 1)}
        {kind !== undefined && <span className="visually-hidden"> {t(`changes.kind.${kind}`)}</span>}
      </th>
      {columns.map((column) => (
        <Cell key={column.change.name} line={line} column={column} />
      ))}
    </tr>
  );
}

function Cell({ line, column }: { line: Line; column: Shown }) {
  const { change, decimals } = column;
  const was = line.before === null ? undefined : column.before?.[line.before];
  const is = line.after === null ? undefined : column.after?.[line.after];
  const now = is === undefined ? was : is;
  if (now === undefined) return <td aria-hidden />;
  const { text, look } = formatCell(now, change.column.type, is === undefined ? decimals.before : decimals.after);
  if (!line.changed.includes(change.name))
    return (
      <td data-look={look} data-fate={change.fate} title={text}>
        {text}
      </td>
    );
  const old = formatCell(was ?? null, change.oldType ?? change.column.type, decimals.before).text;
  return (
    <td data-look={look} data-changed title={t('changes.wasNow', { was: old, now: text })}>
      <del>{old}</del> <ins>{text}</ins>
    </td>
  );
}
