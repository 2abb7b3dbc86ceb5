/** Classes that a person would take for one: "yes", "Yes" and "YES ". A model learns each as a class of its own, and an evaluation counts one for the other as a mistake. */
import type { QueryRows, TableRef } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { id, sql } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';

export async function alikeClasses(
  node: string,
  output: TableRef,
  target: Column,
  query: QueryRows,
): Promise<Finding[]> {
  if (target.type !== 'VARCHAR') return [];
  const groups = await query(
    sql`SELECT string_agg(said, ', ' ORDER BY said) AS said FROM (SELECT DISTINCT ${id(target.name)} AS label, '"' || label || '"' AS said FROM ${output.ref} WHERE label IS NOT NULL) GROUP BY lower(trim(label)) HAVING count(*) > 1 ORDER BY 1`,
  );
  if (groups.length === 0) return [];
  const same = `lower(trim(${id(target.name).render()}))`;
  return [
    {
      code: 'split.alike-classes',
      severity: 'warning',
      message: `Classes of "${target.name}" differ only in capital letters or spaces, and count as different: ${groups
        .slice(0, 3)
        .map((row) => String(row['said']))
        .join('; ')}${groups.length > 3 ? ' …' : ''}.`,
      mend: `Bring them to one spelling before Split, by a formula such as ${same}.`,
      param: 'target',
      column: target.name,
      fixes: [
        {
          do: 'insert',
          title: 'One spelling',
          kind: 'clean.derive',
          params: { columns: [{ name: target.name, expression: same }] },
          node,
          side: 'before',
          port: 'rows',
        },
      ],
    },
  ];
}
