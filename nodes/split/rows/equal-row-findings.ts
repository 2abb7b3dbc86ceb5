/** Rows that are equal in every value: are they copies, or things of their own? Which of the two Split took them for is said where it matters. */
import type { QueryRows, TableRef } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { id, join, sql } from '../../../shared/sql.ts';
import { dividesBy } from './spec.ts';
import type { SplitParams } from './split-sql.ts';

/** Fewer rows that are equal by chance are not worth a word. */
const worthSaying = 0.1;

export async function equalRowFindings(
  node: string,
  output: TableRef,
  p: SplitParams,
  rows: number,
  query: QueryRows,
): Promise<Finding[]> {
  if (p.id !== '' || dividesBy(p) !== 'rows' || p.equalRows !== 'auto' || output.columns.length === 0) return [];
  const values = join(output.columns.map((c) => id(c.name)));
  // An estimate first: it is cheap, and most tables have hardly any equal rows.
  const [guess] = await query(sql`SELECT approx_count_distinct(hash(${values})) AS n FROM ${output.ref}`);
  if (Number(guess?.['n'] ?? 0) > rows * (1 - worthSaying / 2)) return [];
  const [counted] = await query(sql`SELECT count(DISTINCT hash(${values})) AS n FROM ${output.ref}`);
  const different = Number(counted?.['n'] ?? rows);
  if (rows - different < rows * worthSaying) return [];
  const strewn = 2 * different < rows;
  return [
    {
      code: 'split.equal-rows',
      severity: 'warning',
      message: `Of ${rows.toLocaleString('en-US')} rows only ${different.toLocaleString('en-US')} are different; equal rows ${strewn ? 'were divided like others, each as a thing of its own' : 'were kept on one side, as copies of one thing'}.`,
      mend: strewn
        ? 'If they are copies, remove duplicates before Split: the test knows them already.'
        : 'Remove duplicates before Split if they are copies; if each is a thing of its own, say so here.',
      param: 'equalRows',
      facts: { rows, different },
      fixes: [
        {
          do: 'insert',
          title: 'Remove duplicates before Split',
          kind: 'clean.duplicates',
          params: {},
          node,
          side: 'before',
          port: 'rows',
        },
        ...(strewn
          ? []
          : [{ do: 'set' as const, title: 'Divide equal rows like others', node, param: 'equalRows', value: 'apart' }]),
      ],
    },
  ];
}
