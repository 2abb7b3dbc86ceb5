import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { finiteColumns, sayNotFinite } from '../../../shared/json/json-cells.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { countGuarded, guardColumns, sayGuarded } from '../../../shared/table/spreadsheet-cells.ts';
import { partitionColumn, rowColumn } from '../../../shared/wires.ts';
import { formatOf, spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, table, outputs, log, warn }) => {
    const rows = table('rows');
    const format = formatOf(params.format, params.file);
    if (format === undefined)
      throw fail('write.format', {
        message: `The ending of "${params.file}" tells no format.`,
        mend: 'End it with .csv, .parquet or .jsonl, or choose the format.',
        param: 'format',
      });
    const guarded = format === 'csv' && params.guardFormulas ? guardColumns(rows.columns) : undefined;
    const finite = format === 'jsonl' ? finiteColumns(rows.columns) : undefined;
    const columns = (guarded ?? finite)?.map((c) => c.select) ?? rows.columns.map((c) => id(c.name));
    if (params.partition && rows.schema.split) columns.push(sql`${id(partitionColumn)} AS partition`);
    // After Split, DuckDB's own order varies with threads; the rank does not.
    const order = rows.schema.split ? sql` ORDER BY ${id(rowColumn)}` : raw('');
    const ask = (list: Sql) => rows.query(sql`SELECT ${list} FROM ${rows.ref}`);
    const said = guarded === undefined ? undefined : sayGuarded(await countGuarded(guarded, ask));
    const lost = finite === undefined ? undefined : await sayNotFinite(finite, ask);
    const written = await outputs.file(
      params.file,
      { query: sql`SELECT ${join(columns)} FROM ${rows.ref}${order}`, format },
      params.overwrite,
    );
    log(`wrote ${written.path}, ${written.bytes.toLocaleString('en-US')} bytes`);
    if (said !== undefined)
      warn({
        code: 'write.formulas',
        severity: 'warning',
        message: said,
        mend: 'Turn "Escape formulas" off where a program reads the file, or write Parquet.',
        param: 'guardFormulas',
      });
    if (lost !== undefined)
      warn({
        code: 'write.not-finite',
        severity: 'warning',
        message: lost,
        mend: 'Fill or remove them before, or write Parquet or CSV.',
        param: 'format',
      });
  },
});
