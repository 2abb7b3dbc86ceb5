/**
 * What a node did to its rows: which of those before stand where after it, which are gone, which are new, and which cells hold another value.
 * Rows carry no number of their own before Split, so that they are told by what is in them.
 */
import type { PageCell } from '../../../shared/rpc/page.ts';

/** The first rows of a table, column by column. */
export interface Sample {
  columns: readonly { name: string; values: readonly PageCell[] }[];
  rows: number;
  /** These are all of its rows. */
  isWhole: boolean;
}
export interface Line {
  /** Row numbers from 0; a dropped row has no `after`, an added one no `before`. */
  before: number | null;
  after: number | null;
  /** Names of the columns whose value is another one; empty for dropped and added rows. */
  changed: readonly string[];
}
export interface Alignment {
  lines: readonly Line[];
  dropped: number;
  added: number;
  changedRows: number;
  changedCells: number;
  /** Changed cells that were missing before. */
  filledCells: number;
  /** Kept rows stand in another order. */
  isReordered: boolean;
}
export interface AlignRules {
  /** A row that is found nowhere stands where it stood, with other values: nodes that give each row back. */
  keepsPlaces: boolean;
}

export function alignRows(before: Sample, after: Sample, { keepsPlaces }: AlignRules): Alignment {
  const common = after.columns.flatMap((column) => {
    const other = before.columns.find((c) => c.name === column.name);
    return other === undefined ? [] : [{ name: column.name, before: other.values, after: column.values }];
  });
  const partner = pair(before, after, common, keepsPlaces);
  const taken = new Set(partner.filter((b) => b !== undefined));
  const kept = partner.filter((b) => b !== undefined);
  const isReordered = kept.some((b, i) => i > 0 && b < (kept[i - 1] ?? 0));
  // Beyond the rows at hand nothing is known: what has no partner there is neither dropped nor added.
  const last = kept.reduce((most, b) => Math.max(most, b), -1);
  const dropped = range(before.rows).filter((b) => !taken.has(b) && (after.isWhole || (!isReordered && b < last)));
  const alignment = { dropped: dropped.length, added: 0, changedRows: 0, changedCells: 0, filledCells: 0, isReordered };
  const lines: Line[] = [];
  let next = 0;
  const takeDropped = (until: number): void => {
    for (; next < dropped.length && (dropped[next] ?? 0) < until; next++)
      lines.push({ before: dropped[next] ?? null, after: null, changed: [] });
  };
  partner.forEach((b, a) => {
    if (b === undefined) {
      if (!before.isWhole) return;
      alignment.added++;
      lines.push({ before: null, after: a, changed: [] });
      return;
    }
    if (!isReordered) takeDropped(b);
    const changed = common.filter((c) => !same(c.before[b], c.after[a]));
    if (changed.length > 0) alignment.changedRows++;
    alignment.changedCells += changed.length;
    alignment.filledCells += changed.filter((c) => isMissing(c.before[b]) && !isMissing(c.after[a])).length;
    lines.push({ before: b, after: a, changed: changed.map((c) => c.name) });
  });
  takeDropped(Infinity);
  return { ...alignment, lines };
}

type Common = { before: readonly PageCell[]; after: readonly PageCell[] };

/**
 * For each row after the node its row before it. Where places are kept: the same content at the same place, the same content anywhere, the same place.
 * Elsewhere the same content, further down where there is one, so that equal rows do not look as if their order had changed.
 */
function pair(before: Sample, after: Sample, common: readonly Common[], keepsPlaces: boolean): (number | undefined)[] {
  const beforeKeys = range(before.rows).map((row) => keyOf(common, 'before', row));
  const afterKeys = range(after.rows).map((row) => keyOf(common, 'after', row));
  const taken = new Set<number>();
  const partner = afterKeys.map((key, row): number | undefined => {
    if (!keepsPlaces || beforeKeys[row] !== key) return undefined;
    taken.add(row);
    return row;
  });
  const waiting = new Map<string, number[]>();
  beforeKeys.forEach((key, row) => {
    if (taken.has(row)) return;
    const rows = waiting.get(key);
    if (rows === undefined) waiting.set(key, [row]);
    else rows.push(row);
  });
  let last = -1;
  afterKeys.forEach((key, row) => {
    const rows = partner[row] === undefined ? (waiting.get(key) ?? []) : [];
    const further = rows.findIndex((b) => b > last);
    const [found] = rows.splice(Math.max(0, further), 1);
    if (found === undefined) return;
    partner[row] = found;
    taken.add(found);
    last = found;
  });
  if (keepsPlaces)
    partner.forEach((found, row) => {
      if (found !== undefined || row >= before.rows || taken.has(row)) return;
      partner[row] = row;
      taken.add(row);
    });
  return partner;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const keyOf = (common: readonly Common[], side: 'before' | 'after', row: number): string =>
  common.map((c) => sayCell(c[side][row])).join('\u0001');
/** A column that changed its type but not its values did not change its cells. */
const sayCell = (cell: PageCell | undefined): string => (isMissing(cell) ? '\u0000' : String(cell));
const isMissing = (cell: PageCell | undefined): boolean => cell === null || cell === undefined;
const same = (a: PageCell | undefined, b: PageCell | undefined): boolean => sayCell(a) === sayCell(b);
