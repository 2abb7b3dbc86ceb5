import { relational } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { join, sql } from '../../../shared/sql.ts';
import { parquetEndings, spec } from './spec.ts';

export default relational(spec, {
  sources: ({ file }) => (file === '' ? [] : [{ from: 'files', param: 'file', path: file, endings: parquetEndings }]),
  // Folders named like year=2024 give no columns: where a file lies is nobody's business.
  sql: ({ params, files }) =>
    sql`SELECT * FROM read_parquet([${join(files('file').map((path) => sql`${path}`))}], binary_as_string = ${params.binaryAsText}, hive_partitioning = false)`,
  explain: async ({ failure }) =>
    explainColumns(failure.message) ??
    (/parquet file|magic bytes|Parquet/i.test(failure.message)
      ? {
          code: 'parquet.unreadable',
          message: 'The file is not a whole Parquet file.',
          mend: 'Was the download or the copy cut off? A CSV or JSON file has its own reader.',
          param: 'file',
          facts: { said: failure.message.slice(0, 300) },
        }
      : undefined),
});

/** Of several files, the first says what the columns are. */
function explainColumns(said: string): Finding | undefined {
  const mend = 'Give all files the same columns and types, or read those that differ with a reader of their own.';
  const nameOf = (path: string | undefined): string => path?.split(/[\\/]/).at(-1) ?? '';
  const [, typed, column, type, wanted] =
    /Error while reading file "([^"]+)": failed to cast column "([^"]+)" from type (.+?) to (\S+?): /.exec(said) ?? [];
  if (column !== undefined)
    return {
      code: 'files.other-columns',
      message: `The file "${nameOf(typed)}" has the column "${column}" as ${type ?? ''}, the first file as ${wanted ?? ''}.`,
      mend,
      param: 'file',
      column,
    };
  const [, lacking, missing] =
    /Failed to read file "([^"]+)": schema mismatch in glob: column "([^"]+)"/.exec(said) ?? [];
  return missing === undefined
    ? undefined
    : {
        code: 'files.other-columns',
        message: `The file "${nameOf(lacking)}" has no column "${missing}", which the first file has.`,
        mend,
        param: 'file',
        column: missing,
      };
}
