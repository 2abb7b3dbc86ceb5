/** What a check says of one node, and what leaves it. */
import type { Problem } from '../../shared/errors.ts';
import type { TableSchema } from '../../shared/wires.ts';
import type { Lineage } from './lineage.ts';

/** What a check says of one node. */
export interface Judged {
  found: readonly Problem[];
  output: Output | undefined;
  line: Lineage | undefined;
  /** It could not be asked to the end, which another time may go well. */
  failed?: true;
}

export interface Output {
  schema: TableSchema;
  /** The node's own SELECT, with the names that its inputs have in it. */
  select?: { sql: string; inputs: ReadonlyMap<string, string> };
  /** Its query is a step that each row takes alone. */
  eachRow?: true;
}
