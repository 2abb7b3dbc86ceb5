import { relational } from '../../../shared/capabilities.ts';
import { toProblem } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { cellValue, plainCells } from '../../../shared/table/cell-reading.ts';
import { raise } from '../../../shared/raise.ts';
import { sayType, sqlType } from '../../../shared/spec/column-types.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { readNoteFor } from './failure-words.ts';
import { lookAtHead, lookThrough, type Forms } from './look-through.ts';
import { spec } from './spec.ts';

const layouts = { auto: 'auto', lines: 'newline_delimited', array: 'array' } as const;

export default relational(spec, {
  sources: ({ file, layout, sampleRows }) =>
    file === ''
      ? []
      : [{ from: 'file', param: 'file', path: file, json: { layout, rows: sampleRows === 0 ? null : sampleRows } }],
  sql: ({ params, file }) => readJson(file('file'), params),
  pin: (params, columns) => ({
    ...params,
    types: { ...Object.fromEntries(columns.map((c) => [c.name, c.type])), ...params.types },
  }),
  inspect: async (asked) => {
    const { path, params, query } = asked;
    try {
      await query(sql`FROM (${readJson(path, params)}) LIMIT 0`);
      return await lookAtHead(asked, formsOf(path, params));
    } catch (thrown) {
      const finding = await readNoteFor(toProblem(thrown).message, path, query);
      if (finding === undefined) throw thrown;
      return [finding];
    }
  },
  verify: (asked) => lookThrough(asked, formsOf(asked.path, asked.params)),
  explain: async ({ failure, file, query }) => readNoteFor(failure.message, file('file'), query),
});

type Params = ParamsOf<typeof spec>;

// Objects of one form are structs, never maps: otherwise their parts would not be columns to a formula.
const formOf = (p: Params): Sql => sql`format = ${layouts[p.layout]}`;
const optionsOf = (p: Params): Sql => sql`${formOf(p)}, map_inference_threshold = -1`;

const found = (path: string, p: Params): Sql =>
  sql`SELECT * FROM read_json(${path}, ${optionsOf(p)}, sample_size = ${p.sampleRows === 0 ? -1 : p.sampleRows})`;

const formsOf = (path: string, p: Params): Forms => ({ form: formOf(p), options: optionsOf(p), found: found(path, p) });

function readJson(path: string, p: Params): Sql {
  const types = Object.entries(p.types);
  return types.length === 0
    ? found(path, p)
    : sql`SELECT * REPLACE (${join(types.map(([name, type]) => typed(name, type)))}) FROM (${found(path, p)})`;
}

/** A type that was set: a value that it could hold only changed is refused, as one is that cannot be read. */
function typed(name: string, set: string): Sql {
  const type = sqlType(set);
  const text = sql`CAST(${id(name)} AS VARCHAR)`;
  const { holds } = cellValue(plainCells, type, text.render());
  const cast = sql`CAST(${id(name)} AS ${raw(type)})`;
  if (holds === undefined) return sql`${cast} AS ${id(name)}`;
  const refused = raise({
    code: 'json.unfit-value',
    message: sql`'"' || left(${text}, 80) || ${`" in the column "${name}" is not a ${sayType(set)}, or would be changed by it.`}`,
    mend: 'Set another type, or correct the value in the file.',
    param: 'types',
    column: name,
  });
  return sql`CASE WHEN ${raw(holds)} THEN ${cast} WHEN ${id(name)} IS NOT NULL THEN ${refused} END AS ${id(name)}`;
}
