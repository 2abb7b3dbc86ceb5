/** Forms are found by their folder: in a checkout, by Vite and by esbuild alike, which list what the pattern of the import matches. */
import type { Blobs, Estimator, EstimatorForm, EstimatorJson } from './estimator-form.ts';
import { unreadable } from './unreadable.ts';

const known = new Map<string, EstimatorForm>();

/** @throws `estimator.unreadable` where there is no such form */
export async function loadForm(name: unknown): Promise<EstimatorForm> {
  const found = typeof name === 'string' ? known.get(name) : undefined;
  if (found !== undefined) return found;
  // A name from a file becomes a part of a path: letters and dashes alone.
  if (typeof name !== 'string' || !/^[a-z][a-z-]*$/.test(name)) throw unknownForm(name);
  const module: { form: EstimatorForm } = await import(`./${name}/form.ts`).catch((cause: unknown) => {
    throw unknownForm(name, cause);
  });
  known.set(name, module.form);
  return module.form;
}

/** @throws `estimator.unreadable` saying what is wrong */
export async function decodeEstimator(json: unknown, blobs: Blobs = new Map()): Promise<Estimator> {
  if (!isRecord(json)) throw unreadable('it is no object');
  const { decode } = await loadForm(json['form']);
  return decode(json, blobs);
}

const isRecord = (json: unknown): json is EstimatorJson =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
const unknownForm = (name: unknown, cause?: unknown): Error =>
  unreadable(`the form ${JSON.stringify(name)} is unknown here`, cause);
