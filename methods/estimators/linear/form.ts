/** A weighted sum for a value or, through the logistic function or softmax, for the probability of each class. A row with a missing value gives NaN. */
import type { LinearModel, LogisticModel } from '../../linear/model.ts';
import { predictLinear, predictProbabilities } from '../../linear/predict-linear.ts';
import { classProbabilities } from '../../onnx/class-outputs.ts';
import { type EstimatorJson, numbersForm } from '../estimator-form.ts';
import { unreadable } from '../unreadable.ts';
import { packDoubles, unpackDoubles } from '../packed-doubles.ts';
import { linearScores } from './linear-scores.ts';

export const form = numbersForm<LinearModel | LogisticModel>({
  form: 'linear',
  needsEveryValue: true,
  encode: (model) => {
    const shared = { columns: [...model.columns], coefficients: packDoubles(model.coefficients) };
    return model.task === 'regression'
      ? { ...shared, task: model.task, intercepts: packDoubles([model.intercept]) }
      : { ...shared, task: model.task, classes: model.classCount, intercepts: packDoubles(model.intercepts) };
  },
  decode,
  outputs: (model, features, rows) =>
    model.task === 'regression' ? predictLinear(model, features, rows) : predictProbabilities(model, features, rows),
  addOutputs: (g, features, model) => {
    if (model.task === 'regression')
      return linearScores(g, features, model.coefficients, Float64Array.of(model.intercept));
    const scores = linearScores(g, features, model.coefficients, model.intercepts);
    return classProbabilities(g, scores, model.intercepts.length);
  },
});

function decode(json: EstimatorJson): LinearModel | LogisticModel {
  const coefficients = unpackDoubles(json['coefficients']);
  const intercepts = unpackDoubles(json['intercepts']);
  const columns = namesIn(json['columns']);
  if (intercepts.length === 0 || coefficients.length !== intercepts.length * columns.length)
    throw unreadable('the coefficients do not fit the columns');
  if (json['task'] === 'regression')
    return { task: 'regression', columns, coefficients, intercept: intercepts[0] ?? 0 };
  const classCount = json['classes'];
  if (typeof classCount !== 'number' || intercepts.length !== (classCount === 2 ? 1 : classCount))
    throw unreadable('the coefficients do not fit the classes');
  return { task: 'classification', classCount, columns, coefficients, intercepts };
}

function namesIn(json: unknown): string[] {
  if (!Array.isArray(json) || !json.every((item) => typeof item === 'string'))
    throw unreadable('the names of the columns are missing');
  return json;
}
