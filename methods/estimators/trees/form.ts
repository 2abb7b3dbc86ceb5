/** A boosted ensemble of trees. They read each value rounded to float32, as they were trained on it. */
import { classProbabilities } from '../../onnx/class-outputs.ts';
import { castTo } from '../../onnx/prepare.ts';
import type { TreeEnsemble } from '../../trees/ensemble.ts';
import { ensembleFromJson, ensembleToJson } from '../../trees/ensemble-json.ts';
import { applyObjective, predictTrees } from '../../trees/predict.ts';
import { numbersForm } from '../estimator-form.ts';
import { treeScores } from './tree-scores.ts';

export const form = numbersForm<TreeEnsemble>({
  form: 'trees',
  encode: (ensemble) => ({ ensemble: ensembleToJson(ensemble) }),
  decode: (json) => ensembleFromJson(json['ensemble']),
  outputs: (ensemble, features, rows) => {
    const outputs = applyObjective(ensemble, predictTrees(ensemble, Float32Array.from(features), rows));
    return ensemble.objective === 'logistic' ? bothClasses(outputs) : outputs;
  },
  addOutputs: (g, features, ensemble) => {
    // The one cast to float32: trees were trained on float32 values and compare them with float32 thresholds.
    const scores = treeScores(g, castTo(g, features, 'float'), ensemble);
    return ensemble.objective === 'squared-error' ? scores : classProbabilities(g, scores, ensemble.outputs);
  },
});

function bothClasses(later: Float64Array): Float64Array {
  const both = new Float64Array(later.length * 2);
  later.forEach((p, row) => {
    both[2 * row] = 1 - p;
    both[2 * row + 1] = p;
  });
  return both;
}
