/** Columns that only count the rows (an index that was written with the table): a model that reads them learns the order of the file. */
import type { QueryRows, TableRef } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { id, raw, sql } from '../../../shared/sql.ts';
import { askInBatches } from '../../../methods/preparation/in-batches.ts';
import { typeFamily } from '../../../shared/wires.ts';
import type { SplitParams } from './split-sql.ts';

/** Below this, numbers from 1 on are as likely an answer on a scale. */
const fewestRows = 20;

export async function rowNumberFindings(
  node: string,
  output: TableRef,
  p: SplitParams,
  rows: number,
  query: QueryRows,
): Promise<Finding[]> {
  if (rows < fewestRows || p.id !== '') return [];
  const named = new Set([p.target, p.group, p.time, p.weight]);
  const columns = output.columns.filter(
    (c) => typeFamily(c.type) === 'number' && /INT/.test(c.type) && !named.has(c.name),
  );
  if (columns.length === 0) return [];
  // The cheap bounds first: distinct values are counted for the few columns that could be a count at all.
  const bounds = await askInBatches(query, columns, {
    aggregates: (c, i) => [
      sql`min(${id(c.name)}) IN (0, 1) AND max(${id(c.name)}) - min(${id(c.name)}) + 1 = count(${id(c.name)}) AND count(${id(c.name)}) = ${rows} AS ${raw(`c${i}`)}`,
    ],
    from: () => output.ref,
  });
  const likely = columns.filter((_, i) => bounds[`c${i}`] === true);
  const findings: Finding[] = [];
  for (const { name } of likely) {
    const [found] = await query(
      sql`SELECT count(DISTINCT ${id(name)}) AS n, min(${id(name)}) AS first, max(${id(name)}) AS last FROM ${output.ref}`,
    );
    if (Number(found?.['n']) !== rows) continue;
    findings.push({
      code: 'split.row-numbers',
      severity: 'warning',
      message: `"${name}" counts the rows from ${String(found?.['first'])} to ${String(found?.['last'])}: it names rows, and what a model learns from it says nothing about new ones.`,
      mend: 'Make it the id, and no model will read it.',
      param: 'id',
      column: name,
      fixes: [{ do: 'set', title: `Make "${name}" the id`, node, param: 'id', value: name }],
    });
  }
  return findings;
}
