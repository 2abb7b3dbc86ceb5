/**
 * A model at rest: the compiled plan from a raw row to a prediction. It holds SQL text, states and the estimator, not node kinds, so an update of the app never
 * changes what a deployed model answers.
 */
import * as z from 'zod';
import type { ModelDraft } from '../../shared/capabilities.ts';
import { cellRules } from '../../shared/table/cell-reading.ts';
import { fail } from '../../shared/errors.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { column, type Column } from '../../shared/wires.ts';
import type { TableValue } from './compose/table-value.ts';
import { sha256Of } from '../files/kept-files.ts';

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const stateTable = z.object({ columns: z.array(column), rows: z.array(z.array(cell)) });
/** Beside the model's own file; once the model is opened, `file` is the whole path. */
const keptTable = z.object({ columns: z.array(column), file: z.string(), count: z.int(), sha256: z.string() });

/** The file's name among a result's. */
export const modelJson = 'model.json';

export const modelStep = z.object({
  key: z.string(),
  /** Absent in models of old: what the step does, whatever rows it is given. */
  sign: z.string().optional(),
  /** The table after it was made by a node that no row alone can pass, and that has left what the prediction needs as it was: what that table is. */
  place: z.string().optional(),
  kind: z.string(),
  title: z.string(),
  /** Null: rows pass unchanged. */
  sql: z.string().nullable(),
  tables: z.record(z.string(), z.union([stateTable, keptTable])).optional(),
  /** A table that a batch function of `methods/functions` makes of the rows' texts, which `sql` names "made": see `MadeTable`. */
  made: z
    .object({
      function: z.string(),
      version: z.int(),
      settings: z.json(),
      of: z.string(),
      columns: z.array(column),
      /** Files beside this one, by the paths under which the function knows them. */
      files: z.array(z.object({ path: z.string(), file: z.string(), sha256: z.string(), bytes: z.int() })).optional(),
    })
    .optional(),
  /** Its rows are a choice that holds for everyone: why a row that it leaves out has no prediction. */
  leavesOut: z.string().optional(),
  params: z.json(),
  state: z.json().optional(),
  columns: z.array(column),
});
export type ModelStep = z.output<typeof modelStep>;

export const modelFile = z.object({
  format: z.literal(1),
  kind: z.string(),
  /** A folder of `methods/tasks`: what its answers mean. */
  task: z.string(),
  target: column,
  classes: z.array(z.union([z.string(), z.number(), z.boolean()])),
  base: z.object({
    key: z.string(),
    columns: z.array(column),
    /** Absent in models of old: how the table was made, whatever files lie behind it. */
    sign: z.string().optional(),
    /** `cells`: how it reads a text; older files have it among the parameters of their reader alone. */
    reader: z.object({ kind: z.string(), params: z.json(), cells: cellRules.optional() }).optional(),
    /** The node that made the table in a way that cannot be repeated for a row alone: rows from outside are expected as they come out of it. */
    made: z.object({ kind: z.string(), title: z.string() }).optional(),
  }),
  /** Columns of the base that a raw row must have; the others do not change the prediction. */
  needed: z.array(z.string()),
  steps: z.array(modelStep),
  /** The estimator's columns, in its order, with the types they have after the last step. */
  features: z.array(column),
  estimator: z.json(),
  /** Files beside this one that the estimator names: too many numbers for a text. */
  blobs: z.record(z.string(), z.object({ file: z.string(), sha256: z.string(), bytes: z.int() })).optional(),
  /** The columns that predicting adds; models of old are of the two tasks that there were, see `oldOutputs`. */
  outputs: z.array(column).optional(),
  facts: z.record(z.string(), z.json()),
});
export type ModelFile = z.output<typeof modelFile> & { outputs: Column[] };

const blobFile = (name: string): string => `model.${name}.bin`;

/** Where each blob of a draft is to be written, and what the model's file says of it. */
export const blobsOf = (draft: ModelDraft): NonNullable<ModelFile['blobs']> =>
  Object.fromEntries(
    Object.entries(draft.blobs ?? {}).map(([name, bytes]) => [
      name,
      { file: blobFile(name), sha256: sha256Of(bytes), bytes: bytes.length },
    ]),
  );

export function assembleModel(
  draft: ModelDraft,
  rows: Pick<TableValue, 'columns' | 'provenance'>,
  needed: readonly string[],
  outputs: readonly Column[],
): ModelFile {
  const features = draft.features.map((name): Column => {
    const found = rows.columns.find((c) => c.name === name);
    if (found === undefined)
      throw fail('column.missing', {
        message: `The model reads "${name}", which its input does not have.`,
        mend: 'Bring the column back before the node that trains, or train again without it.',
        column: name,
      });
    return { name: found.name, type: found.type };
  });
  return {
    format: 1,
    kind: draft.kind,
    task: draft.task,
    target: draft.target,
    classes: [...(draft.classes ?? [])],
    base: {
      key: rows.provenance.base.key,
      columns: [...rows.provenance.base.columns],
      sign: rows.provenance.base.sign,
      ...(rows.provenance.base.made === undefined ? {} : { made: rows.provenance.base.made }),
      ...(rows.provenance.base.reader === undefined
        ? {}
        : { reader: JSON.parse(JSON.stringify(rows.provenance.base.reader)) }),
    },
    needed: [...needed],
    outputs: outputs.map(({ name, type }) => ({ name, type })),
    steps: rows.provenance.steps.map(({ before: _before, taught: _taught, replaces: _replaces, ...s }) =>
      modelStep.parse(
        JSON.parse(JSON.stringify(s, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))),
      ),
    ),
    features,
    estimator: JSON.parse(JSON.stringify(draft.estimator)),
    ...(draft.blobs === undefined ? {} : { blobs: blobsOf(draft) }),
    facts: {
      ...JSON.parse(JSON.stringify(draft.facts)),
      ...(rows.provenance.base.made === undefined ? {} : { [beginsBehind]: rows.provenance.base.made.title }),
    },
  };
}

export const writeModel = (model: ModelFile): string => `${compactJson(model)}\n`;

export function readModel(text: string): ModelFile {
  const parsed = modelFile.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw fail('model.unreadable', {
      message: `The model file cannot be read: ${parsed.error.issues[0]?.message ?? ''}.`,
      mend: 'Train the model again.',
    });
  return { ...parsed.data, outputs: parsed.data.outputs ?? oldOutputs(parsed.data) };
}

/** Before models said what they give, they were of two tasks: a class with the probability of each, or a number. */
const oldOutputs = ({ target, classes }: Pick<ModelFile, 'target' | 'classes'>): Column[] =>
  classes.length === 0
    ? [{ name: 'prediction', type: 'DOUBLE' }]
    : [
        { name: 'prediction', type: target.type },
        ...classes.map((label) => ({ name: `probability_${String(label)}`, type: 'DOUBLE' })),
      ];

/** The tables of an opened model that lie in files: a database that answers may read them. */
export const filesOfSteps = (model: ModelFile): string[] =>
  model.steps.flatMap((step) =>
    Object.values(step.tables ?? {}).flatMap((table) => ('file' in table ? table.file : [])),
  );

/** The keys of the tables along the recipe: base first. */
export const recipeKeys = (model: ModelFile): string[] => [model.base.key, ...model.steps.map((s) => s.key)];
/** The fact by which lists of models tell it. */
const beginsBehind = 'begins_behind';

/** What the table is that the recipe begins with; models of old know it by its key alone. */
export const baseSign = ({ base }: Pick<ModelFile, 'base'>): string => base.sign ?? base.key;
