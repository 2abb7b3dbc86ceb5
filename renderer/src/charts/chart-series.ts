/** A chart block, cut into facets and series: the part of drawing a chart that knows nothing of the library that draws. */
import { largest } from '../../../shared/append.ts';
import type { ChartBlock } from '../../../shared/report.ts';

export type ChartCell = string | number | boolean | null;

export interface ChartSeries {
  /** Value of the colour field; empty when there is none. */
  name: string;
  /** Rows of the block that belong to the series, in the block's order. */
  rows: number[];
}
export interface ChartFacet {
  /** Value of the facet field; empty when there is none. */
  name: string;
  series: ChartSeries[];
}

export function rowsOf(block: ChartBlock): number {
  return largest([0, ...Object.values(block.data).map((values) => values.length)]);
}
export const cellsOf = (block: ChartBlock, field: string): readonly ChartCell[] => block.data[field] ?? [];

/** Every facet has every series, so that one colour means one thing in all of them. */
export function splitChart(block: ChartBlock): ChartFacet[] {
  const names = block.color === undefined ? [''] : distinct(cellsOf(block, block.color));
  const facets = block.facet === undefined ? [''] : distinct(cellsOf(block, block.facet));
  const colorOf = (row: number): string =>
    block.color === undefined ? '' : sayCell(cellsOf(block, block.color)[row] ?? null);
  const facetOf = (row: number): string =>
    block.facet === undefined ? '' : sayCell(cellsOf(block, block.facet)[row] ?? null);
  const rows = Array.from({ length: rowsOf(block) }, (_, row) => row);
  return facets.map((facet) => ({
    name: facet,
    series: names.map((name) => ({
      name,
      rows: rows.filter((row) => colorOf(row) === name && facetOf(row) === facet),
    })),
  }));
}

export const distinct = (cells: readonly ChartCell[]): string[] => [...new Set(cells.map(sayCell))];
export const sayCell = (cell: ChartCell): string => (cell === null ? '–' : String(cell));

/** How small charts are laid out: as square as the room allows. */
export function facetGrid(count: number): { across: number; down: number } {
  const across = count <= 3 ? count : count <= 8 ? Math.ceil(count / 2) : Math.ceil(Math.sqrt(count));
  return { across: Math.max(1, across), down: Math.max(1, Math.ceil(count / Math.max(1, across))) };
}
