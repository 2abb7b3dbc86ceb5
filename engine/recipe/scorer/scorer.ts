/** A model that answers raw rows. `engine/model` opens one from a model's folder; the server knows no more of it than this. */
import type { CellRules } from '../../../shared/table/cell-reading.ts';
import type { SqlValue } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';

export type RawRow = Readonly<Record<string, SqlValue>>;
export interface Prediction {
  /** The class or the number; null where the model's own filter leaves the row out. */
  prediction: string | number | boolean | null;
  /** Class → probability; null where the answers are no classes. */
  probabilities: Readonly<Record<string, number>> | null;
  /** Why there is no prediction, in the words of the node that left the row out. */
  note?: string;
  /** By the model's other outputs (`Scorer.figures`): a number; null where it has none. */
  readonly [figure: string]: string | number | boolean | null | undefined | Readonly<Record<string, number>>;
}
/** A text that a row gives for a column which is no text. */
export interface CellText {
  text: string;
  type: string;
}
/** Reads texts as the model's reader reads the cells of its file. */
export interface CellReader {
  rules: CellRules;
  /** Each value as SQL and JSON write it; null: the text means "missing"; undefined: it is no value of the type. */
  read: (cells: readonly CellText[]) => Promise<readonly (string | null | undefined)[]>;
}
export interface Scorer {
  /** What its answers mean: a folder of `methods/tasks`. */
  task: string;
  target: Column;
  classes: readonly (string | number | boolean)[];
  /** Numbers beside the prediction that are no probabilities: the bounds of an interval. */
  figures: readonly string[];
  /** What a row must have. */
  inputSchema: readonly Column[];
  /** The node behind which the model begins and which it cannot repeat: rows are taken as they come out of it. Absent: as the file had them. */
  expects?: string;
  /** Columns of the file that it was trained on: a row may have them all, so that the very file can be predicted. */
  knownColumns: readonly string[];
  cells: CellReader;
  /** Rows as checked by the schema: each value as JSON has it, or as text that SQL casts to the column's type. */
  predictRows: (rows: readonly RawRow[]) => Promise<readonly Prediction[]>;
  /** The rows of a file, with the columns of `inputSchema` that it has, values as text. Absent: rows come as JSON alone. */
  readTable?: (body: Uint8Array, format: TableFormat) => Promise<readonly RawRow[]>;
  /** Why rows are answered by SQL and not by the row program: the step and what of it is not covered. */
  byQuery?: string;
  close: () => Promise<void>;
}
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';
export type OpenScorer = (modelFolder: string) => Promise<Scorer>;
