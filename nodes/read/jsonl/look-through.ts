/** What the types that are found for a JSON file would change in it: looked for in the objects that they are found from, and through the whole file before a run. */
import { append } from '../../../shared/append.ts';
import type { InspectContext } from '../../../shared/capabilities.ts';
import type { Finding, ParamsOf } from '../../../shared/kind/define-spec.ts';
import { join, literal, raw, sql, type Sql } from '../../../shared/sql.ts';
import { askChanged, type FoundColumn } from './changed-values.ts';
import { lostFractions } from './lost-fractions.ts';
import { anyLate, judgeLate, sayLateValue } from './late-values.ts';
import type { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type Asked = Pick<InspectContext<Params>, 'node' | 'path' | 'params' | 'query'>;
export interface Forms {
  /** Of `read_json_objects`, which takes no more. */
  form: Sql;
  /** `read_json`'s options but for what finds types. */
  options: Sql;
  /** The SELECT that finds them. */
  found: Sql;
}

const describe = async ({ query }: Asked, found: Sql): Promise<FoundColumn[]> =>
  (await query(sql`SELECT column_name AS name, column_type AS type FROM (DESCRIBE ${found})`)).map((row) => ({
    name: String(row['name']),
    type: String(row['type']),
  }));

const asJson = (path: string, { options }: Forms, names: Iterable<string>): Sql => {
  const columns = [...names].map((name) => `${literal(name)}: 'JSON'`).join(', ');
  return sql`read_json(${path}, ${options}, columns = ${raw(`{${columns}}`)})`;
};

/** In the objects that were looked at. */
export async function lookAtHead(asked: Asked, forms: Forms): Promise<Finding[]> {
  const columns = await describe(asked, forms.found);
  const twins = await findTwins(asked, forms, columns);
  if (twins !== undefined) return [twins];
  const { node, path, params, query } = asked;
  const head = (rows: Sql): Sql =>
    params.sampleRows === 0 ? rows : sql`(FROM ${rows} LIMIT ${raw(String(params.sampleRows))})`;
  const changed = askChanged(columns, { node, types: params.types });
  const found: Finding[] = [];
  if (changed.select !== undefined) {
    const rows = head(asJson(path, forms, changed.columns));
    const [row] = await query(sql`SELECT ${changed.select} FROM ${rows}`);
    append(found, changed.say(row));
  }
  return [...found, ...newOf(await lostFractions(asked, columns, head(objectsOf(path, forms))), found)];
}

/** In the whole file. `told`: what the head has told, which is not said again. */
export async function lookThrough(asked: Asked & { reported: readonly Finding[] }, forms: Forms): Promise<Finding[]> {
  const { node, path, params, query, reported } = asked;
  // The whole file was looked at.
  if (params.sampleRows === 0) return [];
  const columns = await describe(asked, forms.found);
  const late = judgeLate(columns);
  const changed = askChanged(columns, { node, types: params.types });
  const found: Finding[] = [];
  if (late.length > 0 || changed.select !== undefined) {
    const rows = asJson(path, forms, new Set([...changed.columns, ...late.map(({ name }) => name)]));
    const select = join([
      sql`bool_or(${anyLate(late)}) AS late`,
      ...(changed.select === undefined ? [] : [changed.select]),
    ]);
    const [row] = await query(sql`SELECT ${select} FROM ${rows}`);
    if (row?.['late'] === true) return [await sayLateValue(node, rows, late, query)];
    append(found, newOf(changed.say(row), reported));
  }
  const fractions = await lostFractions(asked, columns, objectsOf(path, forms));
  return [...found, ...newOf(fractions, [...reported, ...found])];
}

const objectsOf = (path: string, { form }: Forms): Sql => sql`read_json_objects(${path}, ${form})`;
const newOf = (found: readonly Finding[], reported: readonly Finding[]): Finding[] =>
  found.filter(({ code, column }) => !reported.some((one) => one.code === code && one.column === column));

/** DuckDB names the second of two keys that differ in case only anew, `V_1`: told from a key of that name by the keys themselves. */
async function findTwins(
  { path, params, query }: Asked,
  { form }: Forms,
  columns: readonly FoundColumn[],
): Promise<Finding | undefined> {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  const made = (name: string): boolean => names.has(/^(.*)_\d+$/s.exec(name.toLowerCase())?.[1] ?? '\0');
  if (!columns.some(({ name }) => made(name))) return undefined;
  const limit = raw(params.sampleRows === 0 ? '' : `LIMIT ${params.sampleRows}`);
  const keys = await query(
    sql`SELECT DISTINCT key FROM (SELECT unnest(json_keys(json)) AS key FROM (SELECT json FROM read_json_objects(${path}, ${form}) ${limit})) ORDER BY key`,
  );
  const seen = new Map<string, string>();
  for (const key of keys.map((row) => String(row['key']))) {
    const before = seen.get(key.toLowerCase());
    if (before !== undefined)
      return {
        code: 'json.names-by-case',
        message: `The keys "${before}" and "${key}" differ only in capital letters.`,
        mend: 'Rename one of them in the file.',
        param: 'file',
        column: key,
      };
    seen.set(key.toLowerCase(), key);
  }
  return undefined;
}
