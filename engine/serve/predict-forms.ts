/**
 * The forms in which rows come and predictions go: our own, MLflow's `/invocations`, and the Open Inference Protocol's tensors. Each is brought to plain rows.
 * Shapes: MLflow models scoring server (dataframe_records, dataframe_split, inputs, instances); Open Inference Protocol v2, REST.
 */
import { fail } from '../../shared/errors.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import { isRecord, type ExactJson } from './exact-json.ts';
import type { Prediction, Scorer } from '../recipe/scorer/scorer.ts';

const badBody = (message: string, mend: string) => fail('predict.bad-body', { message, mend });

/** `{ "rows": [ … ] }`, a list of rows, or one row. */
export function readOwnRows(body: ExactJson): ExactJson[] {
  if (Array.isArray(body)) return body;
  if (!isRecord(body))
    throw badBody('The body is no row and no list of rows.', 'Send { "rows": [ { "column": value, … } ] }.');
  const { rows } = body;
  return Array.isArray(rows) && Object.keys(body).length === 1 ? rows : [body];
}

export function readMlflowRows(body: ExactJson): ExactJson[] {
  if (!isRecord(body))
    throw badBody('The body is no object.', 'Send { "dataframe_records": [ { "column": value, … } ] }.');
  const { dataframe_records: records, dataframe_split: split } = body;
  const inputs = body['inputs'] ?? body['instances'];
  if (Array.isArray(records)) return records;
  if (isRecord(split)) {
    const { columns, data } = split;
    if (!Array.isArray(columns) || !Array.isArray(data))
      throw badBody(
        '"dataframe_split" lacks "columns" or "data".',
        'Send { "dataframe_split": { "columns": [ … ], "data": [ [ … ] ] } }.',
      );
    const names = columns.map((name) => (typeof name === 'string' ? name : JSON.stringify(name)));
    return data.map((values, i) => {
      if (!Array.isArray(values) || values.length !== columns.length)
        throw badBody(
          `Row ${i + 1} of "data" does not have ${columns.length} values.`,
          'Give each row one value for each of "columns".',
        );
      return Object.fromEntries(values.map((value, c) => [names[c] ?? '', value]));
    });
  }
  if (Array.isArray(inputs)) return inputs;
  if (isRecord(inputs)) return transpose(inputs);
  throw badBody(
    'The body has none of "dataframe_records", "dataframe_split", "inputs" and "instances".',
    'Send { "dataframe_records": [ { "column": value, … } ] }.',
  );
}

/** Column → values. */
function transpose(columns: Readonly<Record<string, ExactJson>>): ExactJson[] {
  const entries = Object.entries(columns).map(
    ([name, values]) => [name, Array.isArray(values) ? values : [values]] as const,
  );
  const rows = entries[0]?.[1].length ?? 0;
  const uneven = entries.find(([, values]) => values.length !== rows);
  if (uneven !== undefined)
    throw badBody(
      `The column "${uneven[0]}" has ${uneven[1].length} values, the first has ${rows}.`,
      'Give every column the same number of values.',
    );
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values[i] ?? null])),
  );
}

/** One tensor a column, of shape [n] or [n, 1]. */
export function readTensorRows(body: ExactJson, schema: readonly Column[]): ExactJson[] {
  const inputs = isRecord(body) ? body['inputs'] : undefined;
  if (!Array.isArray(inputs))
    throw badBody(
      'The body has no "inputs".',
      'Send { "inputs": [ { "name": "column", "shape": [1], "datatype": "FP64", "data": [ … ] } ] }.',
    );
  const columns: Record<string, ExactJson> = {};
  for (const input of inputs) {
    if (!isRecord(input) || typeof input['name'] !== 'string' || !Array.isArray(input['data']))
      throw badBody('An input lacks its name or its data.', 'Give each input name, shape, datatype and data.');
    const { name, shape, data, datatype } = input;
    const isColumn = Array.isArray(shape) && (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
    const values = data.flat();
    if (!isColumn || shape[0] !== values.length)
      throw badBody(
        `The input "${name}" has ${values.length} values and not the shape that it says.`,
        'Each column is one input of shape [n] or [n, 1].',
      );
    const column = schema.find((one) => one.name === name);
    columns[name] =
      datatype === 'BOOL' || column === undefined || typeFamily(column.type) !== 'boolean'
        ? values
        : values.map((value) => (value === 1 ? true : value === 0 ? false : value));
  }
  return transpose(columns);
}

export function writeTensors(
  predictions: readonly Prediction[],
  scorer: Pick<Scorer, 'classes' | 'figures'>,
): Record<string, unknown>[] {
  const rows = predictions.length;
  const values = predictions.map((one) => one.prediction);
  const datatype = values.every((v) => v === null || typeof v === 'number')
    ? 'FP64'
    : values.every((v) => v === null || typeof v === 'boolean')
      ? 'BOOL'
      : 'BYTES';
  const outputs: Record<string, unknown>[] = [
    {
      name: 'prediction',
      shape: [rows],
      datatype,
      data: values.map((v) => (datatype === 'BYTES' && v !== null ? String(v) : v)),
    },
  ];
  if (scorer.classes.length > 0)
    outputs.push({
      name: 'probabilities',
      shape: [rows, scorer.classes.length],
      datatype: 'FP64',
      data: predictions.flatMap((one) => scorer.classes.map((label) => one.probabilities?.[String(label)] ?? null)),
      parameters: { classes: scorer.classes.map(String) },
    });
  for (const name of scorer.figures)
    outputs.push({ name, shape: [rows], datatype: 'FP64', data: predictions.map((one) => one[name] ?? null) });
  return outputs;
}

/** MLflow: the prediction alone, as a model of one output gives it there; with its other outputs where it has them. */
export const writeMlflow = (
  predictions: readonly Prediction[],
  { figures }: Pick<Scorer, 'figures'>,
): Record<string, unknown> => ({
  predictions: predictions.map((one) =>
    figures.length === 0
      ? one.prediction
      : { prediction: one.prediction, ...Object.fromEntries(figures.map((name) => [name, one[name] ?? null])) },
  ),
});

export const tensorMetadata = (
  scorer: Scorer,
): { inputs: Record<string, unknown>[]; outputs: Record<string, unknown>[] } => ({
  inputs: scorer.inputSchema.map((column) => ({ name: column.name, datatype: tensorType(column), shape: [-1] })),
  outputs: [
    {
      name: 'prediction',
      datatype: scorer.classes.every((c) => typeof c === 'number')
        ? 'FP64'
        : scorer.classes.every((c) => typeof c === 'boolean')
          ? 'BOOL'
          : 'BYTES',
      shape: [-1],
    },
    ...(scorer.classes.length > 0
      ? [{ name: 'probabilities', datatype: 'FP64', shape: [-1, scorer.classes.length] }]
      : []),
    ...scorer.figures.map((name) => ({ name, datatype: 'FP64', shape: [-1] })),
  ],
});

function tensorType({ type }: Column): string {
  switch (typeFamily(type)) {
    case 'number':
      return /INT/.test(type) ? 'INT64' : 'FP64';
    case 'boolean':
      return 'BOOL';
    case 'text':
    case 'time':
    case 'other':
      return 'BYTES';
  }
}
