/** How `estimators.test.ts` fits a form: each folder's `trials.ts` exports `trials`. No program loads these files. */
import type { JsonValue } from '../../shared/capabilities.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { Examples, NetworkWeights } from '../../shared/neural/neural-service.ts';

export interface TrialRows {
  rows: number;
  columns: readonly string[];
  /** [rows, columns], row-major. */
  values: Float64Array;
  /** The class of each row, or its value. */
  target: Float64Array;
  weights?: Float64Array;
}
export interface TrialServices {
  /** The compiled kernels of the trees. */
  kernels: () => Promise<Uint8Array>;
  /** Trains a network on the processor. */
  train: (network: Network, examples: Examples, seed: number) => Promise<NetworkWeights>;
}
export interface FittedTrial {
  estimator: JsonValue;
  blobs?: Readonly<Record<string, Uint8Array>>;
}
export interface EstimatorTrial {
  title: string;
  /** A folder of `methods/tasks`. */
  task: string;
  /** How many classes its rows are of; absent: numbers. */
  classes?: number;
  fit: (rows: TrialRows, seed: number, services: TrialServices) => Promise<FittedTrial>;
  /** What a missing value is to it: a row without an answer, or a value like others, which it also learns from. */
  missing: 'no-answer' | 'a-value';
  /** It looks at the features at all. */
  isInformed: boolean;
  /** Columns in another order give the same answers to so much; absent: their order decides between equals, or is a part of its chance. */
  permuted?: number;
  /** A weight of 0 is a row left out, and a weight of 2 a row twice, to so much; absent: it counts rows too, so weights of one alone change nothing. */
  weighted?: number;
  /** How far onnxruntime may be from what it gives here. */
  exported: number;
}
