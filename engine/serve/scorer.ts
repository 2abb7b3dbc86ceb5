/** A model that answers raw rows. `engine/model` opens one from a model's folder; the server knows no more of it than this. */
import type { SqlValue } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';

export type RawRow = Readonly<Record<string, SqlValue>>;
export interface Prediction {
  /** The class or the number; null where the model's own filter leaves the row out. */
  prediction: string | number | boolean | null;
  /** Class → probability; null for regression. */
  probabilities: Readonly<Record<string, number>> | null;
  /** Why there is no prediction, in the words of the node that left the row out. */
  note?: string;
}
export interface Scorer {
  task: 'classification' | 'regression';
  target: Column;
  classes: readonly (string | number | boolean)[];
  /** What a row must have. */
  inputSchema: readonly Column[];
  /** The node behind which the model begins and which it cannot repeat: rows are taken as they come out of it. Absent: as the file had them. */
  expects?: string;
  /** Columns of the file that it was trained on: a row may have them all, so that the very file can be predicted. */
  knownColumns: readonly string[];
  /** Rows as checked by the schema: whole numbers as bigint, other numbers as number, dates and times as ISO text. */
  predictRows: (rows: readonly RawRow[]) => Promise<readonly Prediction[]>;
  /** The rows of a file, with the columns of `inputSchema` that it has, values as text. Absent: rows come as JSON alone. */
  readTable?: (body: Uint8Array, format: TableFormat) => Promise<readonly RawRow[]>;
  close: () => Promise<void>;
}
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';
export type OpenScorer = (modelFolder: string) => Promise<Scorer>;
