import type { Network } from '../../../shared/neural/network.ts';
import { encodeTable } from '../../neural-inputs/encode-rows.ts';
import type { EncodingOf } from '../../neural-inputs/encoding.ts';
import { fitNumbers, fitTarget } from '../../neural-inputs/fit-encoding.ts';
import { tableInput } from '../../training/learn-table-network.ts';
import type { EstimatorTrial } from '../trial.ts';
import { encodeNeural, type NetworkAnswer } from './neural-estimator.ts';

const network = (title: string, classes: number | undefined): EstimatorTrial => ({
  title,
  task: classes === undefined ? 'regression' : 'classification',
  ...(classes === undefined ? {} : { classes }),
  missing: 'a-value',
  isInformed: true,
  exported: 1e-5,
  fit: async ({ rows, columns, values, target, weights }, seed, { train }) => {
    const encoding: EncodingOf<'table'> = {
      kind: 'table',
      numbers: fitNumbers(columns, values, rows),
      categories: [],
      oneHot: [],
    };
    const input = tableInput(encoding);
    const made: Network = {
      input,
      layers: [{ layer: 'dense', units: 16, activation: 'relu', bias: true }],
      output:
        classes === undefined ? { kind: 'values', count: 1, loss: 'squared' } : { kind: 'classes', count: classes },
    };
    const scale = fitTarget(target);
    const learnt = await train(
      made,
      {
        ...encodeTable(encoding, { rows, numbers: values, texts: [] }),
        ...(weights === undefined ? {} : { weights: Float32Array.from(weights) }),
        ...(classes === undefined
          ? { values: Float32Array.from(target, (v) => (v - scale.mean) / scale.sd) }
          : { classes: Int32Array.from(target) }),
      },
      seed,
    );
    const answer: NetworkAnswer = classes === undefined ? { kind: 'value', ...scale } : { kind: 'classes' };
    return encodeNeural({ form: 'neural', encoding, network: made, weights: learnt, answer });
  },
});

export const trials: readonly EstimatorTrial[] = [network('three classes', 3), network('a number', undefined)];
