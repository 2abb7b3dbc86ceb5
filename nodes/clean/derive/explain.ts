/** A conversion that failed in one of several formulas: which, in which row, and how to go on. */
import type { QueryRows } from '../../../shared/capabilities.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { expression, id, sql, type Sql } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';

type Formula = { name: string; expression: string };
interface Asked {
  node: string;
  failure: Problem;
  query: QueryRows;
  columns: readonly Formula[];
  /** The rows that a formula sees, and their columns, behind so many formulas. */
  before: (formulas: number) => { rows: Sql; columns: readonly Column[] };
}

const cast = /(?<!\w)CAST(?=\s*\()/gi;
const casts = (text: string): boolean => text.search(cast) >= 0 || text.includes('::');

export async function explainDerive({ node, failure, query, columns, before }: Asked): Promise<Finding | undefined> {
  const value =
    failure.code === 'value.conversion' ? /^The text "(.*)" is not /s.exec(failure.message)?.[1] : undefined;
  if (value === undefined) return undefined;
  const casting = columns.filter(({ expression: text }) => casts(text));
  let place: { formula: Formula; row: number; column: string; cell: string } | undefined;
  for (const formula of casting) {
    place = await find(formula, value);
    if (place !== undefined) break;
  }
  const formula = place?.formula ?? (casting.length === 1 ? casting[0] : undefined);
  if (formula === undefined) return undefined;
  const tried = await withTryCast(query, formula.expression);
  const where =
    place === undefined
      ? ''
      : ` in row ${place.row.toLocaleString('en-US')}, where "${place.column}" is "${place.cell}"`;
  return {
    code: failure.code,
    message: `The formula of "${formula.name}" fails${where}: ${failure.message.replace(/^The/, 'the')}`,
    mend: 'Use TRY_CAST(… AS …) instead of CAST or ::, and what cannot be read becomes missing; or correct the value where it comes from.',
    param: 'columns',
    column: formula.name,
    facts: { value, ...(place === undefined ? {} : { row: place.row }) },
    fixes:
      tried === undefined
        ? []
        : [
            {
              do: 'set',
              title: 'Make missing what cannot be read',
              node,
              param: 'columns',
              value: columns.map((one) => (one === formula ? { ...one, expression: tried } : one)),
            },
          ],
  };

  /** The first row without a result whose cell has that text, in a column that the formula names. */
  async function find(one: Formula, text: string): Promise<typeof place> {
    const { rows, columns: seen } = before(columns.indexOf(one));
    const named = seen.filter(
      ({ name, type }) => type === 'VARCHAR' && one.expression.toLowerCase().includes(name.toLowerCase()),
    );
    const result = expression(
      one.expression,
      'columns',
      seen.map(({ name }) => name),
    );
    for (const { name } of named) {
      try {
        const [first] = await query(
          sql`SELECT min(row) AS row, min_by(cell, row) AS cell FROM (SELECT row_number() OVER () AS row, ${id(name)} AS cell, TRY(${result}) AS result FROM (${rows})) WHERE result IS NULL AND contains(cell, ${text})`,
        );
        if (typeof first?.['cell'] === 'string')
          return { formula: one, row: Number(first['row']), column: name, cell: first['cell'] };
      } catch {
        // What looks at other rows cannot be tried by itself: then the column alone is named.
      }
    }
    return undefined;
  }
}

/** The formula with each conversion tried. One with `::` is written anew by DuckDB, which knows what stands before it; others keep their spelling. */
async function withTryCast(query: QueryRows, text: string): Promise<string | undefined> {
  if (!text.includes('::')) return text.replaceAll(cast, 'TRY_CAST');
  try {
    const [read] = await query(sql`SELECT json_serialize_sql(${`SELECT (${text}\n)`})::VARCHAR AS tree`);
    // As text: the tree has whole numbers that a double cannot hold. Inside a string of JSON these quotes would be escaped.
    const tree = String(read?.['tree']).replaceAll('"try_cast":false', '"try_cast":true');
    const [written] = await query(sql`SELECT json_deserialize_sql(${tree}::JSON) AS text`);
    return /^SELECT (.+)$/s.exec(String(written?.['text']))?.[1];
  } catch {
    return undefined;
  }
}
