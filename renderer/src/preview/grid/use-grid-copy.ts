import { useCallback, useState } from 'react';
import type { Column } from '../../../../shared/wires.ts';
import { sayCount } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import type { CellBlock } from './cell-selection.ts';
import { toTsv } from './format-cell.ts';
import type { PageCache } from './page-cache.ts';
import { cutBlock } from './selection-words.ts';

/** Rows that one copy takes: about what a spreadsheet takes at once without a pause. */
const mostCopiedRows = 50_000;

/** Copies a block as tab-separated text, fetching what is not here yet; whole columns come with their names. */
export function useGridCopy(
  cache: PageCache,
  columns: readonly Column[],
): { copy: (block: CellBlock) => Promise<void>; said: string } {
  const [said, setSaid] = useState('');
  const copy = useCallback(
    async (block: CellBlock) => {
      const cut = { ...block, endRow: Math.min(block.endRow, block.firstRow + mostCopiedRows) };
      const pages = await cache.read(cut.firstRow, cut.endRow);
      const at = (column: number): number => pages[0]?.columns.findIndex((c) => c.name === columns[column]?.name) ?? -1;
      const rows = cutBlock(pages, cut, at);
      const isWhole = block.firstRow === 0 && rows.length > 1 && block.endRow >= (cache.rows ?? Infinity);
      const head = isWhole ? [columns.slice(cut.firstColumn, cut.endColumn).map((c) => c.name)] : [];
      try {
        await navigator.clipboard.writeText(toTsv([...head, ...rows]));
        setSaid(
          cut.endRow < block.endRow
            ? t('preview.copyTooLarge', { rows: sayCount(mostCopiedRows) })
            : t('preview.copiedCells', { count: rows.length * (cut.endColumn - cut.firstColumn) }),
        );
      } catch {
        setSaid(t('preview.copyFailed'));
      }
    },
    [cache, columns],
  );
  return { copy, said };
}
