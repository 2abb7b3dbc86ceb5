/**
 * A failure that is found while rows flow through a query: `CASE WHEN <wrong> THEN raise(…) ELSE … END`. DuckDB's `error()` carries code, mend and
 * parameter in front of the sentence, and `raisedFinding` reads them back from DuckDB's message.
 */
import type { Finding } from './kind/define-spec.ts';
import { sql, type Sql } from './sql.ts';

const marker = 'flowyard:';

/** `message`: an SQL text expression, which may name the value that is wrong. It must depend on a column: a constant would fail before a row is read. */
export function raise(finding: { code: string; message: Sql; mend?: string; param?: string; column?: string }): Sql {
  const { message, ...rest } = finding;
  return sql`error(${`${marker}${JSON.stringify(rest)}\n`} || ${message})`;
}

/** The finding inside a database's error text, where there is one. */
export function raisedFinding(text: string): Finding | undefined {
  const found = /flowyard:(\{.*?\})\n([\s\S]*)/.exec(text);
  if (found?.[1] === undefined) return undefined;
  const head: Pick<Finding, 'code' | 'mend' | 'param' | 'column'> = JSON.parse(found[1]);
  return { ...head, message: (found[2] ?? '').trim() };
}
