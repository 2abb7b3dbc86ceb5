import { useCallback, useMemo, useState } from 'react';
import type { Column } from '../../../../shared/wires.ts';
import { guessWidth } from './column-layout.ts';
import { decimalsOf, formatCell } from './format-cell.ts';
import type { PageCache } from './page-cache.ts';

/** Widths that fit the first page, until a person sets one. Names keep their width when the table changes around them. */
export function useColumnWidths(
  columns: readonly Column[],
  cache: PageCache,
  revision: number,
): { widths: number[]; resize: (index: number, px: number) => void; fit: (index: number) => void } {
  const [own, setOwn] = useState<Readonly<Record<string, number>>>({});
  const page = cache.pageAt(0);
  const guessed = useMemo(
    () =>
      columns.map((column) =>
        guessWidth(column, longestText(column, page?.columns.find((c) => c.name === column.name)?.values ?? [])),
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [columns, page, page === undefined ? revision : 0],
  );
  const widths = useMemo(
    () => columns.map((column, i) => own[column.name] ?? guessed[i] ?? 104),
    [columns, own, guessed],
  );
  const resize = useCallback(
    (index: number, px: number) => {
      const name = columns[index]?.name;
      if (name !== undefined) setOwn((old) => ({ ...old, [name]: px }));
    },
    [columns],
  );
  const fit = useCallback(
    (index: number) => {
      const name = columns[index]?.name;
      if (name !== undefined) setOwn(({ [name]: _, ...rest }) => rest);
    },
    [columns],
  );
  return { widths, resize, fit };
}

function longestText(column: Column, values: readonly (string | number | bigint | boolean | null)[]): number {
  const decimals = decimalsOf(values);
  let longest = 0;
  for (const value of values.slice(0, 60))
    longest = Math.max(longest, formatCell(value, column.type, decimals).text.length);
  return longest;
}
