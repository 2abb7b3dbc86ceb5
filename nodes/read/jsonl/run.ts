import { relational } from '../../../shared/capabilities.ts';
import { toProblem } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { sqlType } from '../../../shared/spec/column-types.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { readNoteFor } from './failure-words.ts';
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
  inspect: async ({ path, params, query }) => {
    try {
      await query(sql`FROM (${readJson(path, params)}) LIMIT 0`);
      return [];
    } catch (thrown) {
      const finding = await readNoteFor(toProblem(thrown).message, path, query);
      if (finding === undefined) throw thrown;
      return [finding];
    }
  },
  explain: async ({ failure, file, query }) => readNoteFor(failure.message, file('file'), query),
});

function readJson(path: string, p: ParamsOf<typeof spec>): Sql {
  // Objects of one form are structs, never maps: otherwise their parts would not be columns to a formula.
  const source = sql`read_json(${path}, format = ${layouts[p.layout]}, sample_size = ${p.sampleRows === 0 ? -1 : p.sampleRows}, map_inference_threshold = -1)`;
  const types = Object.entries(p.types);
  return types.length === 0
    ? sql`SELECT * FROM ${source}`
    : sql`SELECT * REPLACE (${join(types.map(([name, type]) => sql`CAST(${id(name)} AS ${raw(sqlType(type))}) AS ${id(name)}`))}) FROM ${source}`;
}
