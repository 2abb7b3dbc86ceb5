/** The language models of one run: opened by the first task that asks one, closed with the run. */
import { fail } from '../../../shared/errors.ts';
import { noSecrets, openLanguages, type Languages } from '../../llm/open-languages.ts';
import type { RunEnvironment, RunRequest } from '../run-request.ts';

export interface RunLanguages extends AsyncDisposable {
  open: () => Languages;
}

export function languagesFor(
  request: Pick<RunRequest, 'secrets'>,
  environment: Pick<RunEnvironment, 'languageCommand' | 'store'>,
): RunLanguages {
  let opened: Languages | undefined;
  return {
    open: () => {
      if (environment.languageCommand === undefined)
        throw fail('language.not-here', {
          message: 'No language model can be asked here.',
          mend: 'Run the pipeline in the app or with flowyard run.',
        });
      opened ??= openLanguages({
        command: environment.languageCommand,
        folder: environment.store.folder,
        placeOfResult: (key) => environment.store.find(key)?.folder,
        secret: async (name) => request.secrets?.[name] ?? noSecrets(name),
      });
      return opened;
    },
    [Symbol.asyncDispose]: async () => opened?.close(),
  };
}
