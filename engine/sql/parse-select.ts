import { literal } from '../../shared/sql.ts';
import type { Database } from '../table/database.ts';
import { exactDoubles } from './exact-doubles.ts';

/** One statement; where it cannot be read, `{ error: true, error_message }`. */
export const parseSelect = async (database: Database, statement: string): Promise<unknown> =>
  JSON.parse(String(await database.scalar(`SELECT json_serialize_sql(${literal(statement)})`)));

/** The text of a statement's tree; undefined where DuckDB cannot write it. */
export const writeSelect = async (database: Database, tree: unknown): Promise<string | undefined> => {
  try {
    return String(
      await database.scalar(`SELECT json_deserialize_sql(${literal(JSON.stringify(exactDoubles(tree)))}::JSON)`),
    );
  } catch {
    return undefined;
  }
};
