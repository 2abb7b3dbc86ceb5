/** The estimator of a model, decoded once and asked many times. One definition for a batch and for a single served row: the same bits. */
import type { Images } from '../../shared/media/image-service.ts';
import { typeFamily, type Column } from '../../shared/wires.ts';
import { decodeEstimator, predictEstimator } from '../../methods/estimator/estimator.ts';
import type { ModelFile } from './model-file.ts';
import { openNeural } from './neural-answers.ts';
import type { OpenedModel } from './open-model.ts';

export interface Predictions {
  /** Class index, or the value. */
  prediction: Float64Array;
  /** [rows, classes], row-major; empty for regression. */
  probabilities: Float64Array;
}
/** Features as they come out of the recipe. */
export interface AskedFeatures {
  /** [rows, numbers], row-major; missing is NaN. */
  numbers: Float64Array;
  /** Texts and images, column by column. */
  texts: readonly (readonly (string | null)[])[];
}
export interface PredictServices {
  /** Pixels of the images that the rows name. */
  images: Pick<Images, 'pixels'>;
  threads: number;
  signal?: AbortSignal;
}
export interface Predictor {
  model: ModelFile;
  /** Features that are read as numbers, in the model's order. */
  numbers: readonly Column[];
  /** Features that a network reads as they are: texts and images. */
  texts: readonly Column[];
  predict: (features: AskedFeatures, rows: number) => Promise<Predictions>;
  close: () => Promise<void>;
}

export function openPredictor({ model, blobs }: OpenedModel, services: PredictServices): Predictor {
  const estimator = decodeEstimator(model.estimator, blobs);
  const neural = estimator.form === 'neural' ? openNeural(estimator, services) : undefined;
  const isText = (c: Column): boolean => neural !== undefined && ['text', 'other'].includes(typeFamily(c.type));
  const answer = async (features: AskedFeatures, rows: number): Promise<Predictions> =>
    estimator.form === 'neural'
      ? ((await neural?.predict(features, rows)) ?? none)
      : predictEstimator(estimator, model.task, features.numbers, rows);
  return {
    model,
    numbers: model.features.filter((c) => !isText(c)),
    texts: model.features.filter(isText),
    predict: answer,
    close: async () => neural?.close(),
  };
}

const none: Predictions = { prediction: new Float64Array(0), probabilities: new Float64Array(0) };
