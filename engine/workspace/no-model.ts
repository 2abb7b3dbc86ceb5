/** What is said where a model is not there. */
import { fail } from '../../shared/errors.ts';

export function noModel(name: string, version: number | null): never {
  throw fail('model.unknown', {
    message:
      version === null ? `There is no model "${name}".` : `There is no version ${version} of the model "${name}".`,
    mend: 'Choose one from the list of models.',
    facts: { name, version },
  });
}
