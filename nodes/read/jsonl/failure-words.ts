/** DuckDB's words about a JSON file, for a person. */
import type { QueryRows } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { sql } from '../../../shared/sql.ts';

/** @param said by DuckDB @param path of the file, asked for the line where the failure is in one */
export async function readNoteFor(said: string, path: string, query: QueryRows): Promise<Finding | undefined> {
  const malformed = /Malformed JSON .*?in (line|record\/value) \d+: ([^\n.]*)/.exec(said);
  if (malformed !== null) {
    const [, where, reason = ''] = malformed;
    const found = where === 'line' ? await firstBadLine(path, query) : undefined;
    return {
      code: 'json.malformed',
      message: `${found === undefined ? 'The file' : `Line ${found.line}`} is not JSON: ${reason}.${found === undefined ? '' : ` It begins with ${found.begins}`}`,
      mend: 'Correct the line or remove it; a file with one object a line may not spread an object over several.',
      param: 'file',
      facts: found === undefined ? {} : { line: found.line },
    };
  }
  const twins = /Duplicate name "(.*?)" in struct auto-detected/s.exec(said);
  if (twins !== null)
    return {
      code: 'json.names-by-case',
      message: `Inside an object, a key differs from "${twins[1] ?? ''}" only in capital letters.`,
      mend: 'Rename one of them in the file.',
      param: 'file',
    };
  return undefined;
}

/** DuckDB's own number is that of the next line, less the empty ones before it. */
async function firstBadLine(path: string, query: QueryRows): Promise<{ line: number; begins: string } | undefined> {
  const [found] = await query(
    sql`SELECT line, left(text, 60) AS begins FROM (SELECT row_number() OVER () AS line, text FROM read_csv(${path}, columns = {'text': 'VARCHAR'}, auto_detect = false, header = false, delim = ${'\u0002'}, quote = '', escape = '', max_line_size = 16777216, buffer_size = 33554432)) WHERE trim(text) <> '' AND NOT json_valid(text) LIMIT 1`,
  ).catch(() => []);
  return found === undefined ? undefined : { line: Number(found['line']), begins: String(found['begins']) };
}
