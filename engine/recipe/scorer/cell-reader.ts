/** Texts of a request, read as the model's reader reads the cells of its file. */
import { append } from '../../../shared/append.ts';
import { cannotBeRead, cellRules, plainCells, readCell, type CellRules } from '../../../shared/table/cell-reading.ts';
import { literal } from '../../../shared/sql.ts';
import type { CellReader, CellText } from './scorer.ts';
import type { Database } from '../../table/database.ts';
import type { ModelFile } from '../model-file.ts';

/** What the model's file says; a model from before that was kept has it among its reader's parameters, but for formats of dates that the reader found by itself. */
export const cellRulesOf = ({ base }: Pick<ModelFile, 'base'>): CellRules =>
  base.reader?.cells ?? cellRules.safeParse(base.reader?.params).data ?? plainCells;

/** Does the model know all that its reader found of the file? */
export const hasLearntCells = ({ base }: Pick<ModelFile, 'base'>): boolean => base.reader?.cells !== undefined;

/** More values than this take DuckDB's parser more than their share. */
const cellsAtOnce = 4096;

export function cellReader(rules: CellRules, query: Database['query']): CellReader {
  async function readPart(cells: readonly CellText[]): Promise<(string | null | undefined)[]> {
    const byType = new Map<string, string[]>();
    cells.forEach(({ text, type }, place) => {
      const group = byType.get(type) ?? [];
      group.push(`(${place}, ${literal(text)})`);
      byType.set(type, group);
    });
    const selects = [...byType].map(([type, group]) => {
      const values = group.join(', ');
      return `SELECT place, CAST(${readCell(rules, type, 'cell')} AS VARCHAR) AS value, ${cannotBeRead(rules, type, 'cell')} AS bad FROM (VALUES ${values}) AS v(place, cell)`;
    });
    const read = Array.from<string | null | undefined>({ length: cells.length });
    for (const { place, value, bad } of await query(selects.join(' UNION ALL ')))
      read[Number(place)] = bad === true ? undefined : typeof value === 'string' ? value : null;
    return read;
  }
  return {
    rules,
    read: async (cells) => {
      const read: (string | null | undefined)[] = [];
      for (let at = 0; at < cells.length; at += cellsAtOnce)
        append(read, await readPart(cells.slice(at, at + cellsAtOnce)));
      return read;
    },
  };
}
