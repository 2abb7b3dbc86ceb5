/** The language models of one run: opened by the first task that asks one, closed with the run. */
import { fail } from '../../../shared/errors.ts';
import { noSecrets, openLanguages, type Languages } from '../../llm/open-languages.ts';
import type { RunHouse, RunRequest } from '../execute.ts';

export interface RunLanguages extends AsyncDisposable {
  open: () => Languages;
}

export function languagesFor(
  request: Pick<RunRequest, 'secrets'>,
  house: Pick<RunHouse, 'languageCommand' | 'store'>,
): RunLanguages {
  let opened: Languages | undefined;
  return {
    open: () => {
      if (house.languageCommand === undefined)
        throw fail('language.not-here', {
          message: 'No language model can be asked here.',
          mend: 'Run the pipeline in the app or with flowyard run.',
        });
      opened ??= openLanguages({
        command: house.languageCommand,
        folder: house.store.folder,
        placeOfResult: (key) => house.store.find(key)?.folder,
        secret: async (name) => request.secrets?.[name] ?? noSecrets(name),
      });
      return opened;
    },
    [Symbol.asyncDispose]: async () => opened?.close(),
  };
}
