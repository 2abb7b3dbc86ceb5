/** What a predictor is asked, and what it may use. */
import type { Images } from '../../shared/media/image-service.ts';

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
