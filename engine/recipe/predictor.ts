/** The estimator of a model, decoded once and asked many times. One definition for a batch and for a single served row: the same bits. */

import { typeFamily, type Column } from '../../shared/wires.ts';
import { decodeEstimator } from '../../methods/estimators/decode-estimator.ts';
import { predictEstimator } from '../../methods/estimators/estimator.ts';
import { loadTask } from '../../methods/tasks/load-task.ts';
import type { ModelTask, Predictions } from '../../methods/tasks/model-task.ts';
import type { ModelFile } from './model-file.ts';
import { openNeural } from './neural-answers.ts';
import type { OpenedModel } from './open-model.ts';
import { openFunctions, type StepFunctions } from './step-functions.ts';
import type { AskedFeatures, PredictServices } from './scorer/asked-features.ts';
export interface Predictor {
  model: ModelFile;
  /** What its answers mean. */
  task: ModelTask;
  /** Features that are read as numbers, in the model's order. */
  numbers: readonly Column[];
  /** Features that a network reads as they are: texts and images. */
  texts: readonly Column[];
  /** Of steps that SQL cannot say. */
  functions: StepFunctions;
  predict: (features: AskedFeatures, rows: number) => Promise<Predictions>;
  close: () => Promise<void>;
}

export async function openPredictor({ model, blobs }: OpenedModel, services: PredictServices): Promise<Predictor> {
  const task = await loadTask(model.task);
  const estimator = await decodeEstimator(model.estimator, blobs);
  const neural = estimator.reads === 'network' ? openNeural(estimator, services) : undefined;
  const isText = (c: Column): boolean => neural !== undefined && ['text', 'other'].includes(typeFamily(c.type));
  const answer = async (features: AskedFeatures, rows: number): Promise<Predictions> =>
    estimator.reads === 'network'
      ? ((await neural?.predict(features, rows)) ?? none)
      : predictEstimator(estimator, task, features.numbers, rows);
  const functions = await openFunctions(model, services);
  return {
    model,
    task,
    functions,
    numbers: model.features.filter((c) => !isText(c)),
    texts: model.features.filter(isText),
    predict: answer,
    close: async () => {
      await functions.close();
      await neural?.close();
    },
  };
}

const none: Predictions = { prediction: new Float64Array(0), probabilities: new Float64Array(0) };
