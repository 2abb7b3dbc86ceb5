import { relational, type QueryRows } from '../../../shared/capabilities.ts';
import { isImageType } from '../../../shared/media/image.ts';
import type { Finding, ParamsOf } from '../../../shared/spec/define-spec.ts';
import { labelledColumn } from '../../../shared/spec/labelled-column.ts';
import { id, raw, sql, type Sql } from '../../../shared/sql.ts';
import { hiddenColumns, type Column } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;

export default relational(spec, {
  sources: ({ file }) => (file === '' ? [] : [{ from: 'file', param: 'file', path: file }]),
  sql: ({ inputs, params, file }) => {
    const rows = inputs['rows'];
    const columns = rows?.columns.filter((c) => !hiddenColumns.includes(c.name)) ?? [];
    const given = columns.some((c) => c.name === params.as) ? sql`CAST(r.${id(params.as)} AS VARCHAR)` : sql`NULL`;
    const others = columns.some((c) => c.name === params.as) ? sql`r.* EXCLUDE (${id(params.as)})` : sql`r.*`;
    const key = keyOf(params, columns);
    const labels = params.file === '' || key === undefined ? noLabels : readLabels(file('file'));
    const said = sql`coalesce(l.label, ${given})`;
    const where = params.keep === 'all' ? sql`` : sql` WHERE ${said} IS NOT NULL`;
    return sql`SELECT ${others}, ${said} AS ${id(params.as)} FROM ${rows?.ref ?? raw('')} AS r LEFT JOIN ${labels} AS l ON l.key = ${key ?? sql`''`}${where}`;
  },
  // Each row finds at most one label, so only the order could differ between threads.
  varies: () => 'order',
  parted: { ports: () => ['rows'], loose: true },
  inspect: async ({ path, query }) => doubleKeys(path, query),
  explain: async ({ failure, params }) =>
    /json/i.test(failure.message)
      ? {
          code: 'label.unreadable',
          message: `A line of "${params.file}" is no label: ${failure.message}`,
          mend: 'Each line is an object such as {"key":"…","label":"cat"}. After a merge in Git, remove the lines of its marks.',
          param: 'file',
        }
      : undefined,
});

/** What a row is known by, as text. */
function keyOf(params: Params, columns: readonly Column[]): Sql | undefined {
  if (params.known === 'column')
    return columns.some((c) => c.name === params.idColumn) ? sql`CAST(r.${id(params.idColumn)} AS VARCHAR)` : undefined;
  const shown = labelledColumn(params.column, columns);
  if (shown === undefined) return undefined;
  return isImageType(shown.type) ? sql`r.${id(shown.name)}.image` : sql`sha256(CAST(r.${id(shown.name)} AS VARCHAR))`;
}

const noLabels = sql`(SELECT NULL::VARCHAR AS key, NULL::VARCHAR AS label WHERE false)`;
const readLabels = (path: string): Sql =>
  sql`(SELECT key, label FROM read_json(${path}, format = 'newline_delimited', columns = {key: 'VARCHAR', label: 'VARCHAR'}))`;

/** Two labels of one row would make two rows of it. */
async function doubleKeys(path: string, query: QueryRows): Promise<Finding[]> {
  const [first] = await query(
    sql`SELECT key, list(label) AS labels FROM ${readLabels(path)} GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT 1`,
  );
  return first === undefined
    ? []
    : [
        {
          code: 'label.twice',
          message: `The row ${String(first['key']).slice(0, 12)} has two labels in the file.`,
          mend: 'Open the labelling view and label it again: it writes each row once.',
          param: 'file',
        },
      ];
}
