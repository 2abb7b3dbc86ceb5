/** What a node kind declares about itself. Safe to load in the renderer: no Node, no computing. */
import type * as z from 'zod';
import type { Fix, ReportedDetails } from '../errors.ts';
import type { Network } from '../neural/network.ts';
import type { Column, Role, TableSchema, Wire } from '../wires.ts';

export interface Port {
  wire: Wire;
  title: string;
  /** A run does not need it. */
  optional?: boolean;
  /** Takes several wires (append, compare). */
  many?: boolean;
}

export const categories = [
  'read',
  'clean',
  'combine',
  'split',
  'prepare',
  'train',
  'predict',
  'evaluate',
  'explore',
  'write',
  'deploy',
  'language',
  'flow',
] as const;
export type Category = (typeof categories)[number];

/**
 * What a node does to rows:
 * `same`: each output row comes from one input row alone. `fewer`: a choice among the input's rows, values unchanged.
 * `more`: each input row gives any number of rows. `past`: a row sees earlier rows. `mix`: rows are mixed (aggregate, join, sort by others' values).
 */
export type Rows = 'same' | 'fewer' | 'more' | 'past' | 'mix';
export type Form = 'relational' | 'map' | 'fitted' | 'task';

export interface Finding extends Omit<ReportedDetails, 'node' | 'fixes'> {
  /** `<area>.<problem>` */
  code: string;
  /** Default: error. */
  severity?: 'error' | 'warning';
  fixes?: Fix[];
}

export interface CheckContext<P> {
  node: string;
  params: P;
  /** The schema on each wired table input; a port with several wires gives the first. */
  inputs: Readonly<Record<string, TableSchema | undefined>>;
  wired: ReadonlySet<string>;
}

export interface SpecDeclaration<P extends z.ZodObject> {
  /** Equals the folder: `prepare.impute`. */
  kind: string;
  /** The version of the parameters' form. */
  version: number;
  /** Raised when results change; part of every key. */
  computes: number;
  title: string;
  /** One sentence for the palette. */
  about: string;
  /** Words that people from other tools search for: vlookup, dropna, StandardScaler. */
  keywords: readonly string[];
  /** Name of a lucide icon, kebab-case. */
  icon: string;
  inputs: Readonly<Record<string, Port>>;
  outputs: Readonly<Record<string, Port>>;
  params: P;
  form: Form;
  /** May depend on the parameters (missing values: dropped or filled). */
  rows: Rows | ((params: z.output<P>) => Rows);
  /**
   * Fills memory or all cores by itself (a language model, a network that trains): a host lets one run with such a node work at a time, since threads that
   * wait for each other's cores cost far more than a turn. `npm run docs` lists these kinds in `nodes/heavy-kinds.ts`, for hosts, which load no specs.
   */
  heavy?: boolean;
  /** False for what has an effect beyond its outputs (a file written, a deployment): it is not cached. Default: true. */
  pure?: boolean;
  /** Divides rows by marks, as Split does. Default: the category `split`. */
  marksRows?: boolean;
  /** A task that learns a model from the training rows of its input. Default: the category `train`. */
  learns?: boolean;
  /** Measures a model or predictions: its figures are gathered over folds. Default: the category `evaluate`. */
  measures?: boolean;
  /** Its rows come from outside, also where it takes a table (a list of files). Default: the category `read`. */
  reads?: boolean;
  /** What learns from training rows what this kind would compute from all: offered where it stands behind Split. */
  insteadAfterSplit?: {
    kind: string;
    title: string;
    /** False: other things that such a node does would be lost. */
    takesItsPlace: boolean;
  };
  /** Rows `fewer` after Split: is it for the training rows only, or for everyone? A relational node with `trainingOnly` leaves other rows as they are. */
  trainingOnly?: (params: z.output<P>) => boolean;
  /** One line in plain words of what it will do: "keep rows where age ≥ 18". */
  summary: (params: z.output<P>) => string;
  check?: (context: CheckContext<z.output<P>>) => Finding[];
  /** Roles that the node gives to columns of its output. */
  roles?: (params: z.output<P>) => Readonly<Record<string, Role>>;
  /** A many-to-one join: the rows of one port are kept as they are, and gain columns from the other port's table, which a model may carry along. */
  lookup?: (params: z.output<P>) => { rows: string; table: string } | undefined;
  /**
   * Columns of the table outputs of a fitted node or a task, before it has run; a relational node's come from DuckDB's binder. Default for a fitted node:
   * the columns of its input. For a model on an input there stands a schema of one column, the target that its trainer was told.
   */
  columns?: (params: z.output<P>, inputs: Readonly<Record<string, TableSchema | undefined>>) => readonly Column[];
  /** Columns whose names depend on the data (one-hot). */
  dynamic?: (params: z.output<P>, input: TableSchema) => { pattern: string; type: string; from: string }[];
  /**
   * The network that it trains, as far as that is known before it runs: the layer editor shows its shapes and refuses what does not fit. What only the
   * data can tell (how many classes, how many different words) is assumed and said so in words. Undefined: nothing is known yet. `sizes: 'known'`: what
   * goes in is no larger or smaller in a run than told here, so that a window that does not fit is refused before it.
   */
  network?: (
    params: z.output<P>,
    inputs: Readonly<Record<string, TableSchema | undefined>>,
  ) => { network: Network; assumed?: string; sizes?: 'known' | 'assumed' } | undefined;
  /** Split by folds: how many, and whether a fold may learn only from earlier ones (time). Null: no folds. */
  folds?: (params: z.output<P>) => { count: number; expanding: boolean } | null;
  /** After Split by folds: each row is answered by the model that did not learn from it, and the folds' rows are put together. */
  outOfFold?: (params: z.output<P>) => boolean;
  /** A task, or a relational node with inputs, whose result depends on files that its parameters name: its run module gives them by `sources`. */
  readsFiles?: boolean;
  /** Files that it writes into the workspace, by the parameters that name them; a path that ends in `/` is a folder for several. Every kind that writes tells. */
  writes?: (params: z.output<P>) => readonly { param: string; path: string }[];
  /** A task: its rows are rows of its input with their values as they came, and with more columns. Undefined: it may have changed them. */
  adds?: (params: z.output<P>) => boolean;
  /** A view of its own, which the inspector opens: `labels` gives rows labels by hand. */
  view?: 'labels';
  /** `migrations[n]` brings parameters of version n to n + 1. */
  migrations?: Readonly<Record<number, (params: Record<string, unknown>) => Record<string, unknown>>>;
}

export interface NodeSpec<P extends z.ZodObject = z.ZodObject> extends SpecDeclaration<P> {
  category: Category;
  pure: boolean;
  marksRows: boolean;
  learns: boolean;
  measures: boolean;
  reads: boolean;
}

/** What the first screen needs of a kind, before its spec is loaded: see `nodes/kind-facts.ts`. */
export type KindFacts = Pick<NodeSpec, 'kind' | 'version' | 'title' | 'category' | 'icon' | 'inputs' | 'outputs'>;
/** And what people call its parameters, for the steps of the history. */
export type IndexedKind = KindFacts & { settings: Readonly<Record<string, string>> };

/** A spec as the planner and the window see it: parameters are parsed by its own schema before they reach its functions. */
export type AnySpec = NodeSpec<z.ZodObject>;

export function defineSpec<P extends z.ZodObject>(declaration: SpecDeclaration<P>): NodeSpec<P> {
  const category = categories.find((c) => declaration.kind.startsWith(`${c}.`));
  if (category === undefined) throw new Error(`the kind "${declaration.kind}" begins with no known category`);
  return {
    ...declaration,
    category,
    pure: declaration.pure ?? true,
    // The only place that knows what categories mean; everything else asks for the fact.
    marksRows: declaration.marksRows ?? category === 'split',
    learns: declaration.learns ?? category === 'train',
    measures: declaration.measures ?? category === 'evaluate',
    reads: declaration.reads ?? category === 'read',
  };
}

/** What the node does to rows with these (parsed) parameters. */
export const rowsOf = <P extends z.ZodObject>(spec: SpecDeclaration<P>, params: z.output<P>): Rows =>
  typeof spec.rows === 'function' ? spec.rows(params) : spec.rows;

/** Parameters of a node's spec, for its run module: `type Params = ParamsOf<typeof spec>`. */
export type ParamsOf<S> = S extends NodeSpec<infer P> ? z.output<P> : never;
