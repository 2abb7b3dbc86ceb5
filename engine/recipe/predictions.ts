/** What a predictor is asked, and what it answers. */
import type { Images } from '../../shared/media/image-service.ts';

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
