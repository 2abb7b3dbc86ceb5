/**
 * The whole recipe as one ONNX file, from raw columns to predictions, where each step has a form; what has none is named. Everything is computed in double
 * with core operators; trees alone read float32, as they were trained. The same model gives the same bytes.
 */
import type { ModelInput, OnnxColumn } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import { isImageType } from '../../shared/media/image.ts';
import { decodeEstimator } from '../../methods/estimators/decode-estimator.ts';
import type { Estimator, NumbersEstimator } from '../../methods/estimators/estimator-form.ts';
import { addEstimator } from '../../methods/estimators/estimator.ts';
import { countFigures } from '../../methods/tasks/count-figures.ts';
import { loadTask } from '../../methods/tasks/load-task.ts';
import type { EstimatorOutputs, ModelTask } from '../../methods/tasks/model-task.ts';
import { readEncoderTexts } from '../../methods/encoder/encoder-texts.ts';
import { addNeural } from '../../methods/estimators/neural/add-neural.ts';
import { graphBuilder, type GraphBuilder } from '../../methods/onnx/graph-builder.ts';
import { castTo, concatColumns } from '../../methods/onnx/prepare.ts';
import { addInput, inputForm } from './onnx/add-input.ts';
import { addSteps, type ExportServices } from './onnx/add-steps.ts';
import { traceInputs } from './onnx/trace-inputs.ts';
import type { ModelFile } from './model-file.ts';
import { columnsAt, neededAt } from './recipe-query.ts';
import type { OpenedModel } from './open-model.ts';

export type OnnxExport = Awaited<ReturnType<ModelInput['toOnnx']>>;

/** @throws `onnx.no-form` naming the steps or the column without a form, with the mend */
export async function exportOnnx(opened: OpenedModel, services: ExportServices): Promise<OnnxExport> {
  const { model, begins } = behindFunctions(opened.model);
  const candidates = inputsOf(model);
  const { used } = await buildGraph({ ...opened, model }, candidates, services);
  // A step may name columns that no feature comes from (an id that is carried along): those are no inputs.
  const inputs = candidates.filter((c) => used.has(c.name));
  const { g, prediction, probabilities, hasFigures, needsEveryValue } = await buildGraph(
    { ...opened, model },
    inputs,
    services,
  );
  const estimator = await decodeEstimator(opened.model.estimator, opened.blobs);
  const pieces = piecesOf(estimator);
  describe(g, model, inputs, {
    pieces,
    outputs: hasFigures ? { prediction, probabilities } : { prediction },
  });
  if (estimator.reads === 'network' && estimator.tokens !== undefined)
    g.metadata('flowyard.tokenizer', JSON.stringify(readEncoderTexts(estimator.tokens).tokenizer));
  const notes = notesOf(model, inputs, (await loadTask(model.task)).sayExported(model, { prediction, probabilities }), {
    needsEveryValue,
    pieces,
  });
  if (begins !== undefined) notes.push(`rows go in as they come out of "${begins}", which has no form in ONNX`);
  return { bytes: g.toBytes(), inputs, notes };
}

/** What a batch function computes no operator says: the file takes what it gives. */
function behindFunctions(model: ModelFile): { model: ModelFile; begins?: string } {
  const last = model.steps.findLastIndex((step) => step.made !== undefined && step.place === undefined);
  const step = model.steps[last];
  if (step === undefined) return { model };
  const carried = last + 1;
  return {
    begins: step.title,
    model: {
      ...model,
      base: { ...model.base, columns: [...columnsAt(model, carried)] },
      needed: neededAt(model, carried),
      steps: model.steps.slice(carried),
    },
  };
}

interface BuiltGraph {
  g: GraphBuilder;
  /** Names of the inputs that the outputs depend on. */
  used: ReadonlySet<string>;
  prediction: string;
  probabilities: string;
  /** There are numbers beside the answer. */
  hasFigures: boolean;
  needsEveryValue: boolean;
}

async function buildGraph(
  { model, blobs }: OpenedModel,
  inputs: readonly Column[],
  services: ExportServices,
): Promise<BuiltGraph> {
  const { graph: g, inputsOf: originsOf, isRead } = traceInputs(graphBuilder('flowyard'));
  const estimator = await decodeEstimator(model.estimator, blobs);
  const columns = new Map<string, OnnxColumn>();
  const images = estimator.reads === 'network' && 'source' in estimator.encoding ? estimator.encoding : undefined;
  const pieces = piecesOf(estimator);
  for (const column of inputs)
    columns.set(column.name, addInput(g, column, { image: images?.source, tokens: pieces?.get(column.name) }));
  const tokens = [...columns].filter(([, column]) => column.tokens !== undefined);
  const any = [...columns.values()][0];
  if (model.features.length > 0) await addSteps(g, model, columns, services);
  for (const [name, { value }] of tokens) if (isRead(value)) throw readBefore(name);
  const task = await loadTask(model.task);
  const outputs =
    estimator.reads === 'network'
      ? addNeural(g, columns, estimator, model.classes)
      : addPlain(g, model, estimator, { columns, any, task });
  const taken = new Set(inputs.map((c) => c.name));
  const prediction = freeName('prediction', taken);
  const probabilities = freeName('probabilities', taken);
  g.output(prediction, outputs.prediction.value, outputs.prediction.type);
  if (outputs.probabilities !== undefined)
    g.output(probabilities, outputs.probabilities, 'double', ['rows', countFigures(task.answers(model))]);
  const used = originsOf(outputs.prediction.value);
  return {
    g,
    used,
    prediction,
    probabilities,
    hasFigures: outputs.probabilities !== undefined,
    needsEveryValue: estimator.reads === 'numbers' && estimator.needsEveryValue,
  };
}

/** Texts that go in as the numbers of their tokens, with how many; no operator cuts a text as an encoder's tokenizer does. */
function piecesOf(estimator: Estimator): ReadonlyMap<string, number> | undefined {
  if (estimator.reads !== 'network' || estimator.encoding.kind !== 'wordpieces') return undefined;
  const { columns, length } = estimator.encoding;
  return new Map(columns.map((name) => [name, length]));
}

const readBefore = (name: string) =>
  fail('onnx.no-form', {
    message: `A step of this model reads the text "${name}", which an exported encoder takes as the numbers of its tokens.`,
    mend: 'Serve the model here, or train it on a text that no step changes.',
    column: name,
  });

function addPlain(
  g: GraphBuilder,
  model: ModelFile,
  estimator: NumbersEstimator,
  { columns, any, task }: { columns: ReadonlyMap<string, OnnxColumn>; any: OnnxColumn | undefined; task: ModelTask },
): EstimatorOutputs {
  const features = addFeatures(g, model.features, columns) ?? any?.value;
  if (features === undefined)
    throw fail('onnx.no-inputs', {
      message: 'The model reads no column at all, so its ONNX form could not tell how many rows to predict.',
      mend: 'Train it with a feature.',
    });
  return addEstimator(g, features, estimator, task, model);
}

/** What a prediction depends on; a constant takes one column, so that it knows how many rows there are. */
function inputsOf(model: ModelFile): Column[] {
  // Lists and structures are never features, but for images; a step may carry them along.
  const hasForm = (c: Column): boolean => typeFamily(c.type) !== 'other' || isImageType(c.type);
  const needed = model.base.columns.filter((c) => model.needed.includes(c.name) && hasForm(c));
  if (needed.length > 0) return needed;
  return model.base.columns.filter((c) => c.name !== model.target.name && typeFamily(c.type) !== 'other').slice(0, 1);
}

/** [rows, features] in double, as an estimator reads them: booleans 0 and 1, dates in days, times in seconds since 1970, missing NaN. */
function addFeatures(
  g: GraphBuilder,
  features: readonly Column[],
  columns: ReadonlyMap<string, OnnxColumn>,
): string | undefined {
  if (features.length === 0) return undefined;
  const numbers = features.map(({ name, type }) => {
    const column = columns.get(name);
    if (column === undefined) throw new Error(`the exported recipe gives no column "${name}"`);
    if (column.type === 'string')
      throw fail('feature.not-a-number', {
        message: `The column "${name}" is ${type}, not a number.`,
        mend: 'Encode it first (Encode turns texts into numbers), or leave it out.',
        column: name,
      });
    return column.type === 'double' ? column.value : castTo(g, column.value, 'double');
  });
  return concatColumns(g, numbers);
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  while (taken.has(name)) name = `model_${name}`;
  return name;
}

/** For programs: how to fill the inputs and read the outputs. */
function describe(
  g: GraphBuilder,
  model: ModelFile,
  inputs: readonly Column[],
  { pieces, outputs }: { pieces: ReadonlyMap<string, number> | undefined; outputs: Readonly<Record<string, string>> },
): void {
  const described = inputs.map((c) => ({ name: c.name, column_type: c.type, ...inputForm(c, pieces?.get(c.name)) }));
  g.metadata('flowyard.inputs', JSON.stringify(described));
  g.metadata('flowyard.outputs', JSON.stringify(outputs));
  g.metadata('flowyard.task', model.task);
  g.metadata('flowyard.target', model.target.name);
  if (model.classes.length > 0) g.metadata('flowyard.classes', JSON.stringify(model.classes));
}

function notesOf(
  model: ModelFile,
  inputs: readonly Column[],
  outputs: string,
  { needsEveryValue, pieces }: { needsEveryValue: boolean; pieces: ReadonlyMap<string, number> | undefined },
): string[] {
  const has = (test: (c: Column) => boolean): boolean => inputs.some((c) => pieces?.has(c.name) !== true && test(c));
  const [tokens] = pieces?.values() ?? [];
  const family = (wanted: string) => (c: Column) => typeFamily(c.type) === wanted;
  return [
    has((c) => isImageType(c.type))
      ? 'images are float32 of shape [rows, channels, height, width], decoded and upright, shades from 0 to 1; every other input is one column of shape [rows, 1]'
      : 'each input is one column of shape [rows, 1]',
    ...(has((c) => inputForm(c).type === 'double')
      ? ['numbers are double, missing is NaN; whole numbers beyond 2^53 are rounded to the nearest double']
      : []),
    ...(has(family('boolean')) ? ['yes is 1 and no is 0, in double; missing is NaN'] : []),
    ...(tokens === undefined
      ? []
      : [
          `the text goes in as the numbers of its tokens, int64 of shape [rows, ${tokens}], filled up; the tokenizer.json that makes them stands in the file's metadata as flowyard.tokenizer`,
        ]),
    ...(has(family('text')) ? ['texts are strings; the empty text is a missing value'] : []),
    ...(has((c) => c.type === 'DATE') ? ['dates are days since 1970-01-01, in double'] : []),
    ...(has((c) => typeFamily(c.type) === 'time' && c.type !== 'DATE')
      ? ['times are microseconds since 1970-01-01 UTC (or since midnight), in double']
      : []),
    outputs,
    ...(needsEveryValue && model.classes.length > 0
      ? [
          'a row that still has a missing value after the preparation gets NaN as each probability, and its class means nothing',
        ]
      : []),
  ];
}
