/** Language models for one process that asks them: one worker for those of this machine, started by the first question; endpoints by `fetch`. */
import { fail } from '../../shared/errors.ts';
import type { LanguageFile, LanguageModel, LanguageValue } from '../../shared/language-model.ts';
import type { Passages } from './answer-from-documents.ts';
import { openLanguageFiles, type LanguageFiles } from './language-files.ts';
import { openLanguageWorker, type LanguageWorker } from './start-worker.ts';

export interface Languages {
  files: LanguageFiles;
  worker: LanguageWorker;
  /** @param sequences questions at a time. Default: 1 here, 4 at an endpoint. */
  open: (value: LanguageValue, sequences?: number) => Promise<LanguageModel>;
  close: () => Promise<void>;
}
export interface LanguagesOptions {
  /** The Node binary and the script of a language-model worker. */
  command: readonly string[];
  /** `.flowyard` of the workspace. */
  folder: string;
  placeOfResult: (key: string) => string | undefined;
  /** @throws `secret.unknown` */
  secret: (name: string) => Promise<string>;
}

export function openLanguages({ command, folder, placeOfResult, secret }: LanguagesOptions): Languages {
  const files = openLanguageFiles(folder, placeOfResult);
  const worker = openLanguageWorker(command);
  const openModel = async (value: LanguageValue, sequences?: number): Promise<LanguageModel> => {
    const { base } = value;
    if (base.from === 'file') {
      const { openLocalModel } = await import('./local-model.ts');
      return openLocalModel(value, { worker, place: files.place, sequences: sequences ?? 1 });
    }
    const { openEndpointModel } = await import('./endpoint-model.ts');
    return openEndpointModel(value, base.secret === null ? undefined : await secret(base.secret), sequences ?? 4);
  };
  const readPassagesOf = async (file: LanguageFile): Promise<Passages> => {
    const { readPassages } = await import('./answer-from-documents.ts');
    return readPassages(await files.place(file));
  };
  /** By content: models that share documents share their index. */
  const known = new Map<string, Promise<Passages>>();
  const passagesIn = (file: LanguageFile): Promise<Passages> => {
    const opened = known.get(file.sha256) ?? readPassagesOf(file);
    known.set(file.sha256, opened);
    // What could not be read is tried again.
    opened.catch(() => known.delete(file.sha256));
    return opened;
  };
  return {
    files,
    worker,
    open: async (value, sequences) => {
      const [{ guard }, { answerFromDocuments }] = await Promise.all([
        import('./guardrails.ts'),
        import('./answer-from-documents.ts'),
      ]);
      const model = await openModel(value, sequences);
      return guard(answerFromDocuments(model, ({ file }) => passagesIn(file)));
    },
    close: () => worker.close(),
  };
}

/** For a process that was given no secrets. */
export const noSecrets = (name: string): Promise<string> =>
  Promise.reject(
    fail('secret.unknown', {
      message: `There is no secret "${name}" on this machine.`,
      mend: `Keep it with: flowyard secrets set ${name}`,
      facts: { secret: name },
    }),
  );
