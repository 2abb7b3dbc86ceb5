import type { JsonValue } from '../../shared/capabilities.ts';
import { fail, unreachable } from '../../shared/errors.ts';
import type { Estimator, PlainEstimator } from './estimator.ts';
import { decodeNeural } from './neural-estimator.ts';
import { fromBase64, toBase64 } from '../trees/base64.ts';
import { ensembleFromJson, ensembleToJson } from '../trees/ensemble-json.ts';

type Json = Readonly<Record<string, unknown>>;

/** Plain JSON with the numbers packed (networks: `encodeNeural`); the same estimator always gives the same text under canonical JSON. */
export function encodeEstimator(estimator: PlainEstimator): JsonValue {
  switch (estimator.form) {
    case 'constant':
      return { form: 'constant', values: packDoubles(estimator.values) };
    case 'linear': {
      const { model } = estimator;
      const shared = { form: 'linear', columns: model.columns, coefficients: packDoubles(model.coefficients) };
      return model.task === 'regression'
        ? { ...shared, task: 'regression', intercepts: packDoubles([model.intercept]) }
        : { ...shared, task: 'classification', classes: model.classCount, intercepts: packDoubles(model.intercepts) };
    }
    case 'trees':
      return { form: 'trees', ensemble: ensembleToJson(estimator.ensemble) };
    default:
      return unreachable(estimator);
  }
}

/** @throws `estimator.unreadable` saying what is wrong */
export function decodeEstimator(json: unknown): PlainEstimator;
export function decodeEstimator(json: unknown, blobs: ReadonlyMap<string, Uint8Array>): Estimator;
export function decodeEstimator(json: unknown, blobs?: ReadonlyMap<string, Uint8Array>): Estimator {
  if (!isRecord(json)) throw unreadable('it is no object');
  switch (json['form']) {
    case 'constant':
      return { form: 'constant', values: unpackDoubles(json['values']) };
    case 'linear':
      return decodeLinear(json);
    case 'trees':
      return { form: 'trees', ensemble: ensembleFromJson(json['ensemble']) };
    case 'neural':
      if (blobs === undefined) throw unreadable('its weights are not at hand');
      return decodeNeural(json, blobs);
    default:
      throw unreadable(`the form ${JSON.stringify(json['form'])} is unknown here`);
  }
}

function decodeLinear(json: Json): PlainEstimator {
  const coefficients = unpackDoubles(json['coefficients']);
  const intercepts = unpackDoubles(json['intercepts']);
  const columns = texts(json['columns']);
  if (intercepts.length === 0 || coefficients.length !== intercepts.length * columns.length)
    throw unreadable('the coefficients do not fit the columns');
  if (json['task'] === 'regression')
    return { form: 'linear', model: { task: 'regression', columns, coefficients, intercept: intercepts[0] ?? 0 } };
  const classCount = json['classes'];
  if (typeof classCount !== 'number' || intercepts.length !== (classCount === 2 ? 1 : classCount))
    throw unreadable('the coefficients do not fit the classes');
  return { form: 'linear', model: { task: 'classification', classCount, columns, coefficients, intercepts } };
}

const isRecord = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json);
function texts(json: unknown): string[] {
  if (!Array.isArray(json) || !json.every((item) => typeof item === 'string'))
    throw unreadable('the names of the columns are missing');
  return json;
}

/** Doubles as base64 of their little-endian bytes: every bit survives. */
function packDoubles(values: ArrayLike<number>): string {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i] ?? NaN, true);
  return toBase64(new Uint8Array(view.buffer));
}

function unpackDoubles(packed: unknown): Float64Array {
  const bytes = typeof packed === 'string' ? fromBase64(packed) : undefined;
  if (bytes === undefined || bytes.length % 8 !== 0) throw unreadable('an array of numbers is missing or cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}

const unreadable = (why: string): Error =>
  fail('estimator.unreadable', {
    message: `What the model has learnt cannot be read: ${why}.`,
    mend: 'Train the model again.',
  });
