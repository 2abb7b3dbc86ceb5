/** DuckDB's tree of a statement: plain JSON whose form is not declared, read field by field. */
import { literal } from '../../shared/sql.ts';
import type { Database } from '../table/database.ts';

export type Tree = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asRecord = (value: unknown): Tree => (isRecord(value) ? value : {});
export const asRecords = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.filter(isRecord) : []);
export const asTexts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** One statement; where it cannot be read, `{ error: true, error_message }`. */
export const parseSelect = async (database: Database, statement: string): Promise<unknown> =>
  JSON.parse(String(await database.scalar(`SELECT json_serialize_sql(${literal(statement)})`)));
