import type { ReactNode } from 'react';
import panel from '../preview/preview-panel.module.css';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import type { Alignment } from './align-rows.ts';
import styles from './changes.module.css';
import type { ColumnChange } from './compare-columns.ts';
import type { Side } from './use-two-tables.ts';

/** In one line: how many rows went in and came out, and how much of them is not the same. */
export function ChangesSummary({
  title,
  before,
  after,
  alignment,
  columns,
  children,
}: {
  title: string;
  before: Side;
  after: Side;
  alignment: Alignment | null;
  columns: readonly ColumnChange[];
  children: ReactNode;
}) {
  const isWhole = before.sample.isWhole && after.sample.isWhole;
  const added = columns.filter((c) => c.fate === 'added').length;
  const removed = columns.filter((c) => c.fate === 'removed').length;
  // Of whole tables rows are counted; of longer ones only what the numbers of rows tell.
  const dropped = isWhole ? (alignment?.dropped ?? 0) : 0;
  const changed = alignment?.changedCells ?? 0;
  const filled = alignment?.filledCells ?? 0;
  const chips: (readonly [tone: string, text: string] | undefined)[] = [
    dropped > 0 ? ['bad', t('changes.dropped', { count: dropped, rows: sayCount(dropped) })] : undefined,
    (alignment?.added ?? 0) > 0
      ? ['ok', t('changes.added', { count: alignment?.added ?? 0, rows: sayCount(alignment?.added ?? 0) })]
      : undefined,
    changed > filled ? ['warn', t('changes.cells', { count: changed, cells: sayCount(changed) })] : undefined,
    filled > 0
      ? [
          'warn',
          t(changed > filled ? 'changes.filled' : 'changes.onlyFilled', { count: filled, cells: sayCount(filled) }),
        ]
      : undefined,
    added > 0 ? ['ok', t('changes.columnsAdded', { count: added })] : undefined,
    removed > 0 ? ['bad', t('changes.columnsRemoved', { count: removed })] : undefined,
    alignment?.isReordered ? ['plain', t('changes.reordered')] : undefined,
  ];
  return (
    <div className={panel.header}>
      <b className={styles.title}>{title}</b>
      <span className={styles.rows}>
        {t('changes.rows', { before: sayTotal(before), after: sayTotal(after) })}
        {!isWhole && ` · ${t('changes.sample', { rows: sayCount(Math.max(before.sample.rows, after.sample.rows)) })}`}
      </span>
      <span className={styles.chips} role="status">
        {chips.map((chip) =>
          chip === undefined ? null : (
            <em key={chip[1]} data-tone={chip[0]}>
              {chip[1]}
            </em>
          ),
        )}
      </span>
      <span className={styles.tools}>{children}</span>
    </div>
  );
}

const sayTotal = (side: Side): string =>
  side.total === null ? `${sayCount(side.sample.rows)}+` : sayCount(side.total);
