/** Tasks are found by their folder, as the forms of estimators are. */
import { fail } from '../../shared/errors.ts';
import type { ModelTask } from './model-task.ts';

const known = new Map<string, ModelTask>();

/** @throws `model.unknown-task` */
export async function loadTask(name: string): Promise<ModelTask> {
  const found = known.get(name);
  if (found !== undefined) return found;
  // A name from a file becomes a part of a path: letters and dashes alone.
  if (!/^[a-z][a-z-]*$/.test(name)) throw unknownTask(name);
  const module: { task: ModelTask } = await import(`./${name}/task.ts`).catch((cause: unknown) => {
    throw unknownTask(name, cause);
  });
  known.set(name, module.task);
  return module.task;
}

const unknownTask = (name: string, cause?: unknown): Error =>
  fail(
    'model.unknown-task',
    {
      message: `The model is for the task ${JSON.stringify(name)}, which this version does not know.`,
      mend: 'Open it with the version that trained it, or train it again.',
    },
    { cause },
  );
