import { useMemo } from 'react';
import { isImageType } from '../../../shared/media/image.ts';
import type { PageCell } from '../../../shared/rpc/page.ts';
import type { Column } from '../../../shared/wires.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import type { CellBlock } from './cell-selection.ts';
import { exactText } from './format-cell.ts';
import { sayName } from './grid-head.tsx';
import styles from './grid.module.css';
import { imageOf, sayImage } from './image-cell.tsx';
import { JumpToRow } from './jump-to-row.tsx';
import { sayNumber } from './profile-words.ts';
import { factsOf } from './selection-words.ts';

export interface GridFootProps {
  column: Column | undefined;
  row: number;
  value: PageCell | undefined;
  block: CellBlock;
  valueAt: (row: number, column: number) => PageCell | undefined;
  said: string;
  rows: number;
  onJump: (row: number) => void;
}

/** The focused cell to its last digit, and sum and mean of what is selected. */
export function GridFoot({ column, row, value, block, valueAt, said, rows, onJump }: GridFootProps) {
  const facts = useMemo(() => factsOf(block, valueAt), [block, valueAt]);
  const image = isImageType(column?.type ?? '') ? imageOf(value) : undefined;
  return (
    <div className={styles.foot}>
      {column && row >= 0 && rows > 0 && (
        <b>
          {sayName(column)} · {sayCount(row + 1)}
        </b>
      )}
      <span className={styles.footValue}>
        {value === undefined
          ? ''
          : value === null
            ? t('preview.missing')
            : image === undefined
              ? exactText(value)
              : sayImage(image)}
      </span>
      <span role="status" aria-live="polite">
        {said}
      </span>
      {facts.cells > 1 && <span>{t('preview.selectedCells', { count: facts.cells })}</span>}
      {facts.cells > 1 && facts.sum !== null && facts.mean !== null && (
        <>
          <span>{t('preview.selectionSum', { sum: sayNumber(facts.sum) })}</span>
          <span>{t('preview.selectionMean', { mean: sayNumber(facts.mean) })}</span>
        </>
      )}
      <JumpToRow rows={rows} onJump={onJump} />
    </div>
  );
}
