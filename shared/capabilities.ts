/**
 * What a node kind may use while it computes, and the four forms that its `run.ts` can have. The engine gives these services by the context;
 * a run module imports no engine. Everything that could make a result differ (clock, randomness, environment) comes through here.
 */
import type * as z from 'zod';
import type { ReadsCells } from './table/cell-reading.ts';
import type { Finding, NodeSpec } from './kind/define-spec.ts';
import type { Problem } from './errors.ts';
import type { InspectContext } from './inspect-context.ts';
import type { ImageValue } from './media/image.ts';
import type { Images } from './media/image-service.ts';
import type { MapStep } from './map-step.ts';
import type { NeuralService } from './neural/neural-service.ts';
import type { LanguageDraft, LanguageInput, Weights } from './language/language-model.ts';
import type { DecoderService } from './decoder.ts';
import type { Sounds } from './media/audio-service.ts';
import type { OnnxColumn, OnnxGraph } from './onnx-graph.ts';
import type { TreeTools } from './table/parse-tree.ts';
import type { Parted } from './parted.ts';
import type { QueryRows, RelationalContext, TableRef } from './relational-context.ts';
import type { Report, ReportBlock } from './report.ts';
import type { AskOddBytes, OddBytes, SourceFile } from './source/source-file.ts';
import type { SourceFolder } from './source/source-folder.ts';
import type { Sql, SqlValue } from './sql.ts';
import type { Texts } from './media/text-service.ts';
import type { Column, TableSchema } from './wires.ts';

export type { InspectContext, OddBytes, SourceFile };
export type { QueryRows, RelationalContext, Row, TableRef } from './relational-context.ts';
export type { MapStep } from './map-step.ts';
export type { OnnxAttribute, OnnxColumn, OnnxGraph, OnnxType } from './onnx-graph.ts';

/** What may differ between two computations of the same rows on other numbers of threads. */
export type Variation = 'nothing' | 'order' | 'values';
export interface RelationalRun<P> extends ReadsCells<P> {
  form: 'relational';
  /** One SELECT over the inputs. Rows `same` and `fewer` must carry `hidden`. */
  sql: (context: RelationalContext<P>) => Sql;
  /**
   * For a query that a person typed: the same SELECT with the hidden columns carried, where its tree says that each row is made from one row alone. It is then
   * a step like any that keeps its rows; undefined: it may mix rows.
   */
  eachRow?: (context: RelationalContext<P>, tools: TreeTools) => Promise<Sql | undefined>;
  sources?: (params: P) => SourceFile[];
  /** Reading its file again costs far more than reading Parquet: the engine keeps a snapshot of what was read. */
  snapshot?: true;
  /**
   * What several threads could change in the rows, for kinds that mix or move them: nothing, when values and order follow from the input's values alone;
   * the order; or, which is assumed of a kind that mixes rows, the values themselves (the last digits of a sum). A chain that ends with `nothing` runs on all threads.
   */
  varies?: (context: RelationalContext<P>) => Variation;
  parted?: Parted<P>;
  /**
   * A look at the file's head before the query, to refuse what DuckDB would read wrongly (ragged rows, encodings). Cheap: it may be asked when the
   * pipeline is checked, once for each content and parameters, as well as in the runner.
   */
  inspect?: (context: InspectContext<P>) => Promise<Finding[]>;
  /**
   * A pass over the whole file, by a run before it reads it: for what the database would change without a word (2.5 is 3 among whole numbers). `told`: what
   * `inspect` has said already.
   */
  verify?: (context: InspectContext<P> & { reported: readonly Finding[] }) => Promise<Finding[]>;
  /** Asked when the query failed: the same failure with counts, examples and the mend. `undefined`: nothing better is known. */
  explain?: (
    context: RelationalContext<P> & AskOddBytes & { node: string; failure: Problem; query: QueryRows },
  ) => Promise<Finding | undefined>;
  /** Asked when the rows exist: warnings that only data can tell (a join that multiplied rows, a class too rare to stratify). `output` names the node's own rows. */
  examine?: (
    context: RelationalContext<P> & { node: string; output: TableRef; query: QueryRows },
  ) => Promise<Finding[]>;
  /** The same step as ONNX operators. Without it, the step is named as not exportable, unless a model lets rows pass it unchanged. */
  onnx?: (context: OnnxContext<P, null>) => void | Promise<void>;
}

export interface Watch {
  signal: AbortSignal;
  /** `null`: not known how much is left. At most ten a second are kept. */
  progress: (fraction: number | null, text?: string) => void;
  log: (text: string, level?: 'info' | 'warning') => void;
  warn: (finding: Finding) => void;
}

/** JSON, canonical: part of the model file. No NaN, no infinities. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A small table that belongs to a fitted state (groups, categories): joined by name in `apply`. */
export interface StateTable {
  columns: readonly Column[];
  rows: readonly (readonly SqlValue[])[];
}
/** One of more rows than a text should hold: a file beside the state. Plain data, to stand in a state. */
export type KeptTable = {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly file: string;
  readonly sha256: string;
  readonly count: number;
};

export interface FitContext<P> extends Watch {
  images: Images;
  /** The training rows alone, with `__row` where the rows were split. */
  train: { ref: Sql; columns: readonly Column[]; hidden: readonly string[]; query: QueryRows };
  params: P;
  /**
   * What a query says, as a table of the state: its rows where they are few, else a file. The query names its columns as `columns` does, and orders its rows.
   */
  keep: (columns: readonly Column[], query: Sql) => Promise<StateTable | KeptTable>;
}
export interface ApplyContext<P, S> {
  input: TableRef;
  params: P;
  state: S;
  /** The state's tables, to join. */
  table: (name: string) => Sql;
  /** True inside the run, where rows are marked and training rows may get out-of-fold values; false in a model, for rows never seen. */
  training: boolean;
}
export interface FittedRun<P, S extends JsonValue = JsonValue> {
  form: 'fitted';
  fit: (context: FitContext<P>) => Promise<S>;
  tables?: (state: S) => Readonly<Record<string, StateTable | KeptTable>>;
  /** Row-wise: a row's result depends on the row and the state alone. */
  apply: (context: ApplyContext<P, S>) => Sql;
  /** What there is to say of the state, for a kind with an output `report`. */
  report?: (state: S, params: P) => Report;
  /** The same step as ONNX operators in double. Without it, the step is named as not exportable. */
  onnx?: (context: OnnxContext<P, S>) => void | Promise<void>;
}

export interface OnnxContext<P, S> {
  graph: OnnxGraph;
  /** Column name → its tensor. Missing numbers are NaN, missing texts the empty text. Dates are days and times seconds since 1970. */
  columns: Map<string, OnnxColumn>;
  params: P;
  state: S;
  input: readonly Column[];
  /** The tables that a join looks values up in, by port. */
  tables: Readonly<Record<string, StateTable>>;
  /** The tree of an SQL expression, by DuckDB's own parser. */
  parse: (expression: string) => Promise<unknown>;
}

// ── tasks ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type PartitionName = 'train' | 'validation' | 'test' | 'all';

export interface TableInput {
  schema: TableSchema;
  columns: readonly Column[];
  ref: Sql;
  query: QueryRows;
  /** The column with a role, e.g. the target that Split named. */
  withRole: (role: NonNullable<Column['role']>) => Column | undefined;
  count: (partition?: PartitionName) => Promise<number>;
  /**
   * Numbers in `__row` order, row-major, shape [rows, columns]. Missing is NaN. Numbers and decimals as they are, booleans 0/1, dates as days and times as
   * seconds since 1970. `where` limits rows further (say, target is not null).
   */
  matrix: (options: {
    columns: readonly string[];
    partition?: PartitionName;
    where?: Sql;
    as: 'float32';
  }) => Promise<Matrix<Float32Array>>;
  matrix64: (options: {
    columns: readonly string[];
    partition?: PartitionName;
    where?: Sql;
  }) => Promise<Matrix<Float64Array>>;
  /** The same numbers column by column; yes and no, where none is missing, as bytes. */
  columns64: (options: {
    columns: readonly string[];
    partition?: PartitionName;
    where?: Sql;
  }) => Promise<(Float64Array | Uint8Array)[]>;
  /** The only column of a query, of type FLOAT[n]: row after row, a missing vector is NaN. */
  vectors: (query: Sql) => Promise<Vectors>;
  /** One column's values in `__row` order. */
  values: (options: { column: string; partition?: PartitionName; where?: Sql }) => Promise<SqlValue[]>;
}
export interface Vectors {
  rows: number;
  size: number;
  /** [rows, size] */
  values: Float32Array;
}
export interface Matrix<T> {
  rows: number;
  columns: readonly string[];
  values: T;
}

export type ClassLabel = string | number | boolean;

/** What a trainer has learnt, as plain data. `methods/estimators` defines the forms and how each predicts. */
export interface ModelDraft {
  /** The node kind that trained it. */
  kind: string;
  /** A folder of `methods/tasks`: what its answers mean. */
  task: string;
  target: Column;
  /** Columns of the trainer's input that the estimator reads, in its order. */
  features: readonly string[];
  /** Class labels in the estimator's order, as values of the target's type. */
  classes?: readonly (string | number | boolean)[];
  /** A form of `methods/estimators`: JSON; big arrays as base64 or number arrays, the biggest as `blobs`. */
  estimator: JsonValue;
  /** Bytes that the estimator names, kept as files beside the model's own: weights of a network. */
  blobs?: Readonly<Record<string, Uint8Array>>;
  /** Shown on the model's page: importances, training rows, iterations, warnings. */
  facts: Readonly<Record<string, JsonValue>>;
}

export interface Scored {
  rows: number;
  /** Rows whose target was null, left out of metrics. */
  withoutTarget: number;
  /** Which rows these are, for the signature: "test", "train" (no Split), … */
  measuredOn: PartitionName;
  task: string;
  classes: readonly (string | number | boolean)[];
  /** Classification: index into `classes`; a label never seen in training gets an index ≥ classes.length, named in `unseen`. Regression: the value. */
  target: Float64Array;
  unseen: readonly string[];
  /** Classification: index of the predicted class. Regression: the prediction. */
  prediction: Float64Array;
  /** [rows, classes], row-major; empty for regression. */
  probabilities: Float64Array;
  weights?: Float64Array;
  /** Where the rows have a column of images: those of some rows, by number. Nothing where one is missing. */
  images?: (rows: readonly number[]) => Promise<(ImageValue | undefined)[]>;
}

export interface ModelInput {
  key: string;
  task: string;
  target: Column;
  classes: readonly (string | number | boolean)[];
  facts: Readonly<Record<string, JsonValue>>;
  /** The columns that a raw row must have. */
  inputSchema: readonly Column[];
  /** The title of the node behind which it begins and which it cannot repeat for a row alone. Absent: it takes rows as a reader gives them. */
  expects?: string;
  /** The columns that predicting adds to rows. */
  predictionColumns: readonly string[];
  /** Applies what these rows do not yet carry of the model's recipe, and predicts. */
  score: (table: TableInput, options: { partition: PartitionName }) => Promise<Scored>;
  /** Where the exported ONNX file stands, made on demand; fails in words that name the steps without an ONNX form. */
  toOnnx: () => Promise<{ bytes: Uint8Array; inputs: readonly Column[]; notes: readonly string[] }>;
  /** The text encoder inside, as the files of a folder; fails in words where there is none. */
  toEncoder: () => Promise<{ name: string; bytes: Uint8Array }[]>;
}

/** What a person last asked of a task: to go on, to stand still, or to end now with the best that it has. */
export type ControlState = 'run' | 'pause' | 'finish';
/** For tasks that go on for long. The window offers its buttons as soon as a task asks for anything of this. */
export interface TaskControl {
  state: () => ControlState;
  /** Called at each change; what it gives ends that. For workers that must be told between two of `turn`. */
  changed: (listener: (state: ControlState) => void) => () => void;
  /**
   * To be awaited between two steps. Resolves at once with `run`; while the person has it paused, when they go on (the history tells of both); with `finish`
   * when the task should end now and give the best that it has as its result, marked as ended by hand. Rejects when the run is cancelled.
   */
  turn: () => Promise<'run' | 'finish'>;
}
/**
 * Where a task stands, so that a run that was killed goes on from there: files named by the task's recipe, each replaced at once, gone when the result is
 * there. A task that does several long things keeps one for each `part`: what was finished is not done again, and what was cut goes on from its own.
 * `load` gives nothing in a run that ignores the cache.
 */
export interface TaskCheckpoint {
  load: (part?: string) => Promise<Uint8Array | undefined>;
  save: (bytes: Uint8Array, part?: string) => Promise<void>;
}

export interface TaskContext<P> extends Watch {
  node: string;
  params: P;
  /** Threads that this task may use. */
  threads: number;
  has: (port: string) => boolean;
  table: (port: string) => TableInput;
  tables: (port: string) => readonly TableInput[];
  model: (port: string) => ModelInput;
  llm: (port: string) => LanguageInput;
  /** Of a port that takes several. */
  llms: (port: string) => readonly LanguageInput[];
  /** The weights of a language model, or an adapter, that a parameter names (`sources`). */
  weights: (param: string) => Promise<Weights>;
  /** SHA-256 of a text, hexadecimal. */
  hash: (text: string) => string;
  /** The file that a parameter names (`sources`): its place. */
  file: (param: string) => string;
  /** The folder that a parameter names (`sources`). */
  folder: (param: string) => Promise<SourceFolder>;
  images: Images;
  /** Neural networks: trained in a thread of their own, on the best device. */
  neural: NeuralService;
  sounds: Sounds;
  texts: Texts;
  /** Decoders (language models) that are trained here. */
  decoders: DecoderService;
  /** Rows that the task computed, as a table that `outputs.table` may read. */
  stage: (columns: readonly Column[], rows: readonly (readonly SqlValue[])[]) => Promise<Sql>;
  metric: (name: string, value: number | null, options?: { step?: number; signature?: string }) => void;
  /** Something to look at while it works; a block of the same title is replaced. */
  show: (block: ReportBlock) => void;
  control: TaskControl;
  checkpoint: TaskCheckpoint;
  /** Starts worker threads on a module of `methods/` (path relative to it), with shared memory. */
  startWorkers: StartWorkers;
  /** The bytes of a WebAssembly module that was built from `methods/`, by name. */
  wasm: (name: string) => Promise<Uint8Array>;
  /** A later run computes this anew: something failed that may go well next time. */
  provisional: () => void;
  outputs: {
    table: (port: string, query: Sql) => Promise<void>;
    /** The input's rows with `prediction` and, for classes, `probability_<class>`. */
    predictions: (port: string, model: ModelInput, table: TableInput) => Promise<void>;
    model: (port: string, draft: ModelDraft) => Promise<void>;
    llm: (port: string, draft: LanguageDraft) => Promise<void>;
    report: (port: string, report: Report) => Promise<void>;
    /** Writes a file inside the workspace: temporary name, then rename. Fails when it exists and `overwrite` is false. Gives its path in the workspace. */
    file: (
      path: string,
      write: { query: Sql; format: 'csv' | 'parquet' | 'jsonl' } | { bytes: Uint8Array },
      overwrite: boolean,
    ) => Promise<{ path: string; bytes: number }>;
    /** Declares a deployment; the host starts it. */
    service: (
      port: string,
      declaration: {
        name: string;
        /** What it answers with. */
        model: Pick<ModelInput | LanguageInput, 'key'>;
        settings: Readonly<Record<string, JsonValue>>;
      },
    ) => Promise<void>;
  };
}
export type StartWorkers = (
  module: string,
  count: number,
  data: unknown,
) => Promise<{ terminate: () => Promise<void> }>;

export interface TaskRun<P> {
  form: 'task';
  sources?: (params: P) => SourceFile[];
  run: (context: TaskContext<P>) => Promise<void>;
}

/** Rows pass a batch function of `methods/functions`. */
export interface MapRun<P> {
  form: 'map';
  step: (params: P, columns: readonly Column[]) => MapStep;
  sources?: (params: P) => SourceFile[];
  /** How a run makes the rows, where that is more than to ask the function: with the same values. */
  run?: (context: TaskContext<P>) => Promise<void>;
  /** What a run has to say of the answers to each different text. */
  report?: (context: TaskContext<P>, answers: ReadonlyMap<string, readonly SqlValue[]>) => void | Promise<void>;
}

/** A fitted run whose state is its own business: the engine keeps it as JSON and gives it back. */
export interface AnyFittedRun extends Omit<FittedRun<never, never>, 'fit'> {
  fit: (context: FitContext<never>) => Promise<JsonValue>;
}
export type AnyRun = RelationalRun<never> | AnyFittedRun | MapRun<never> | TaskRun<never>;
type ParamsOfSpec<S> = S extends NodeSpec<infer P> ? z.output<P> : never;

/** `export default relational(spec, { sql: … })`: the spec gives the parameters' type, nothing is declared twice. */
export const relational = <S extends NodeSpec>(
  _spec: S,
  run: Omit<RelationalRun<ParamsOfSpec<S>>, 'form'>,
): RelationalRun<ParamsOfSpec<S>> => ({ form: 'relational', ...run });
export const fitted = <S extends NodeSpec, State extends JsonValue>(
  _spec: S,
  run: Omit<FittedRun<ParamsOfSpec<S>, State>, 'form'>,
): FittedRun<ParamsOfSpec<S>, State> => ({ form: 'fitted', ...run });
export const task = <S extends NodeSpec>(
  _spec: S,
  run: Omit<TaskRun<ParamsOfSpec<S>>, 'form'>,
): TaskRun<ParamsOfSpec<S>> => ({ form: 'task', ...run });
export const map = <S extends NodeSpec>(
  _spec: S,
  run: Omit<MapRun<ParamsOfSpec<S>>, 'form'>,
): MapRun<ParamsOfSpec<S>> => ({ form: 'map', ...run });
