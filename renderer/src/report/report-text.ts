/** Figures and cells of a report in words, and its tables as CSV. */
import { guardCell } from '../../../shared/table/spreadsheet-cells.ts';
import type { Report, ReportBlock } from '../../../shared/report.ts';
import { sayCount } from '../text/say.ts';

/** A metric: three digits after the point for shares, four that count for the rest. */
export function sayMetric(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size >= 10) return sayCount(value).replace('-', '−');
  if (size >= 1000) return sayCount(value).replace('-', '−');
  if (size >= 10) return value.toFixed(size >= 100 ? 1 : 2).replace('-', '−');
  if (size > 0 && size < 0.0005) return value.toExponential(2).replace('-', '−').replace('e-', 'e−');
  return value.toFixed(3).replace('-', '−');
}

export type ReportCell = string | number | boolean | null;
export const isFraction = (cell: ReportCell): boolean => typeof cell === 'number' && !Number.isInteger(cell);

/** `inFractions`: the column holds fractions, so that a whole number among them has their decimals: 1.000 above 0.980. */
export function sayReportCell(cell: ReportCell, inFractions = false): string {
  if (cell === null) return '–';
  if (typeof cell !== 'number') return String(cell);
  if (inFractions) return sayMetric(cell);
  return Number.isInteger(cell) ? sayCount(cell).replace('-', '−') : sayMetric(cell);
}

type TableBlock = Extract<ReportBlock, { type: 'table' }>;
export function tableCsv(block: TableBlock): string {
  const quote = (cell: ReportCell): string => {
    // People open it in a spreadsheet, which would run some texts as formulas.
    const text = cell === null ? '' : typeof cell === 'string' ? guardCell(cell) : String(cell);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [block.columns.map((c) => quote(c.title)), ...block.rows.map((row) => row.map(quote))]
    .map((cells) => cells.join(','))
    .join('\r\n');
}

export const reportJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;

/** Share of a row's sum, for a confusion matrix. */
export function rowShares(values: readonly (readonly number[])[]): number[][] {
  return values.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => (sum === 0 ? 0 : value / sum));
  });
}

/** `roc_auc|binary|rows=test|n=69` → `roc_auc · binary · rows=test · n=69` */
export const saySignature = (signature: string): string => signature.split('|').join(' · ');
