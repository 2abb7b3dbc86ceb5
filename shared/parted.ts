import type { RelationalContext, TableRef } from './relational-context.ts';
import type { Sql } from './sql.ts';

/**
 * What can be computed where rows lie in parts (groups of files) that nobody holds together: each part alone, and the whole from what the parts gave. A kind
 * without it needs all rows at once.
 */
export interface Parted<P> {
  /** The inputs whose rows may come in parts; a text says why none may, as the end of a sentence that begins with the node. */
  ports: (params: P) => readonly string[] | string;
  /** What becomes of the other inputs: each part has them whole (a join with a small table, the default), or they are a part of their own (append). */
  others?: 'beside-each' | 'once';
  /** The order of the rows is another one than without parts. */
  loose?: boolean;
  /** Without it, the rows of the parts are the rows. */
  merge?: {
    /** The same bits as without parts. */
    exact: (params: P) => boolean;
    /** One SELECT over the rows of a part: what the whole is made from, of types that Parquet keeps. */
    partial: (context: RelationalContext<P>) => Sql;
    /** One SELECT over the partials of all parts. `context` has the schemas of the node's inputs, and no rows. */
    whole: (context: RelationalContext<P>, partials: TableRef) => Sql;
  };
}
