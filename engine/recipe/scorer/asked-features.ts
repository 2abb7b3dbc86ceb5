/** What a predictor is asked, and what it may use. */
import type { Images } from '../../../shared/media/image-service.ts';
import type { Texts } from '../../../shared/media/text-service.ts';

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
  /** Of a run: what its workspace knows from before is not computed again. */
  texts?: Pick<Texts, 'openEncoder'>;
  signal?: AbortSignal;
}
