/**
 * A form of what a trainer has learnt: one folder here, whose `form.ts` exports `form`. It is found by that folder's name, which stands in the model's file
 * as `form`; `estimators.test.ts` judges each folder by the same laws, with what its `trials.ts` fits.
 */
import type { JsonValue } from '../../shared/capabilities.ts';

import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { NeuralEstimator } from './neural/neural-estimator.ts';

/** Bytes that stand beside a model's file, by the name that the estimator knows them by. */
export type Blobs = ReadonlyMap<string, Uint8Array>;
export type EstimatorJson = Readonly<Record<string, unknown>>;

/** Reads a row of numbers and answers at once: pure, and a row alone gives the same bits as among others. */
export interface NumbersEstimator {
  readonly reads: 'numbers';
  readonly form: string;
  /**
   * What it gives for each row, row-major: what that means is the task's matter (a value, a probability for each class).
   *
   * @param features [rows, columns], row-major, missing is NaN
   */
  readonly outputs: (features: Float64Array, rows: number) => Float64Array;
  /** The same in an exported graph, in double. @param features [rows, columns] in double, missing is NaN */
  readonly addOutputs: (g: GraphBuilder, features: string) => string;
  /** As the model's file has it: what was read gives the same again. */
  readonly save: () => JsonValue;
  /** In the exported file a row that still has a missing value has no class: ONNX has no missing label. */
  readonly needsEveryValue: boolean;
}
/** A network reads texts and images too and is asked by the engine, which has what it takes to run one. */
export interface NetworkEstimator extends NeuralEstimator {
  readonly reads: 'network';
}
export type Estimator = NumbersEstimator | NetworkEstimator;

/** @throws where it is a network */
export function numbersOf(estimator: Estimator): NumbersEstimator {
  if (estimator.reads !== 'numbers') throw new Error(`the form "${estimator.form}" does not read numbers alone`);
  return estimator;
}

export interface EstimatorForm {
  /** The name of its folder. */
  readonly form: string;
  /** @throws `estimator.unreadable` saying what is wrong */
  readonly decode: (json: EstimatorJson, blobs: Blobs) => Estimator;
}
export interface NumbersForm<Learnt> extends EstimatorForm {
  /** Plain JSON with the numbers packed; what is equal always gives the same text under canonical JSON. */
  readonly encode: (learnt: Learnt) => JsonValue;
  readonly open: (learnt: Learnt) => NumbersEstimator;
}

/** What a form of numbers writes down; the rest follows. */
export interface NumbersFormParts<Learnt> {
  form: string;
  encode: (learnt: Learnt) => Readonly<Record<string, JsonValue>>;
  decode: (json: EstimatorJson) => Learnt;
  outputs: (learnt: Learnt, features: Float64Array, rows: number) => Float64Array;
  addOutputs: (g: GraphBuilder, features: string, learnt: Learnt) => string;
  /** It has no rule for a missing value. */
  needsEveryValue?: boolean;
}

export function numbersForm<Learnt>(parts: NumbersFormParts<Learnt>): NumbersForm<Learnt> {
  const { form, needsEveryValue = false } = parts;
  const encode = (learnt: Learnt): JsonValue => ({ form, ...parts.encode(learnt) });
  const open = (learnt: Learnt): NumbersEstimator => ({
    reads: 'numbers',
    form,
    outputs: (features, rows) => parts.outputs(learnt, features, rows),
    addOutputs: (g, features) => parts.addOutputs(g, features, learnt),
    save: () => encode(learnt),
    needsEveryValue,
  });
  return {
    form,
    encode,
    open,
    decode: (json) => open(parts.decode(json)),
  };
}
