/** Batch functions are found by their folder, as tasks and the forms of estimators are. */
import { fail } from '../../shared/errors.ts';
import type { BatchFunction } from './batch-function.ts';

const known = new Map<string, BatchFunction>();

/** @throws `model.unknown-function` */
export async function loadFunction(name: string): Promise<BatchFunction> {
  const found = known.get(name);
  if (found !== undefined) return found;
  // A name from a file becomes a part of a path: letters and dashes alone.
  if (!/^[a-z][a-z-]*$/.test(name)) throw unknownFunction(name);
  const module: { batchFunction: BatchFunction } = await import(`./${name}/function.ts`).catch((cause: unknown) => {
    throw unknownFunction(name, cause);
  });
  known.set(name, module.batchFunction);
  return module.batchFunction;
}

const unknownFunction = (name: string, cause?: unknown): Error =>
  fail(
    'model.unknown-function',
    {
      message: `The model has a step ${JSON.stringify(name)}, which this version does not know.`,
      mend: 'Open it with the version that trained it, or train it again.',
    },
    { cause },
  );
