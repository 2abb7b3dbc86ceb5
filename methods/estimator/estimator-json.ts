import type { JsonValue } from '../../shared/capabilities.ts';
import { unreachable } from '../../shared/errors.ts';
import type { Estimator } from './estimator.ts';
import { packNumbers, unpackNumbers, unreadable } from './packed-array.ts';

type Json = Readonly<Record<string, unknown>>;

/** Plain JSON with the numbers packed; the same estimator always gives the same text under canonical JSON. */
export function encodeEstimator(estimator: Estimator): JsonValue {
  switch (estimator.form) {
    case 'constant':
      return { form: 'constant', values: packNumbers('f64', estimator.values) };
    case 'linear': {
      const { model } = estimator;
      const shared = { form: 'linear', columns: model.columns, coefficients: packNumbers('f64', model.coefficients) };
      return model.task === 'regression'
        ? { ...shared, task: 'regression', intercepts: packNumbers('f64', [model.intercept]) }
        : { ...shared, task: 'classification', classes: model.classCount, intercepts: packNumbers('f64', model.intercepts) };
    }
    default:
      return unreachable(estimator);
  }
}

/** @throws `estimator.unreadable` saying what is wrong */
export function decodeEstimator(json: unknown): Estimator {
  if (!isRecord(json)) throw unreadable('it is no object');
  switch (json['form']) {
    case 'constant':
      return { form: 'constant', values: unpackNumbers('f64', json['values']) };
    case 'linear':
      return decodeLinear(json);
    default:
      throw unreadable(`the form ${JSON.stringify(json['form'])} is unknown here`);
  }
}

function decodeLinear(json: Json): Estimator {
  const coefficients = unpackNumbers('f64', json['coefficients']);
  const intercepts = unpackNumbers('f64', json['intercepts']);
  const columns = texts(json['columns']);
  if (intercepts.length === 0 || coefficients.length !== intercepts.length * columns.length) throw unreadable('the coefficients do not fit the columns');
  if (json['task'] === 'regression') return { form: 'linear', model: { task: 'regression', columns, coefficients, intercept: intercepts[0] ?? 0 } };
  const classCount = json['classes'];
  if (typeof classCount !== 'number' || intercepts.length !== (classCount === 2 ? 1 : classCount)) throw unreadable('the coefficients do not fit the classes');
  return { form: 'linear', model: { task: 'classification', classCount, columns, coefficients, intercepts } };
}

const isRecord = (json: unknown): json is Json => typeof json === 'object' && json !== null && !Array.isArray(json);
function texts(json: unknown): string[] {
  if (!Array.isArray(json) || !json.every((item) => typeof item === 'string')) throw unreadable('the names of the columns are missing');
  return json;
}
