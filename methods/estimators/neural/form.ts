/** A trained network: how rows are encoded, its layers with their weights, and what its answer means. */
import type { EstimatorForm } from '../estimator-form.ts';
import { decodeNeural } from './neural-estimator.ts';

export const form: EstimatorForm = {
  form: 'neural',
  decode: (json, blobs) => ({ reads: 'network', ...decodeNeural(json, blobs) }),
};
