/** The same answer for every row: one value, or one probability for each class. */
import { rowsOf } from '../../onnx/class-outputs.ts';
import { numbersForm } from '../estimator-form.ts';
import { packDoubles, unpackDoubles } from '../packed-doubles.ts';

export const form = numbersForm<Float64Array>({
  form: 'constant',
  encode: (values) => ({ values: packDoubles(values) }),
  decode: (json) => unpackDoubles(json['values']),
  outputs: (values, _features, rows) =>
    Float64Array.from({ length: rows * values.length }, (_, i) => values[i % values.length] ?? NaN),
  addOutputs: (g, features, values) => rowsOf(g, features, values),
});
