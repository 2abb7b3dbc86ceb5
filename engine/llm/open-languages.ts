/** Language models for one process that asks them: one worker for those of this machine, started by the first question; endpoints by `fetch`. */
import { fail } from '../../shared/errors.ts';
import type { LanguageFile, LanguageModel, LanguageValue } from '../../shared/language/language-model.ts';
import type { Passages } from './answer-from-documents.ts';
import { openLanguageFiles, type LanguageFiles } from './language-files.ts';
import { openLanguageWorker, type LanguageWorker } from './start-worker.ts';
import { openTemplates, type Templates } from './templates/open-templates.ts';

export interface Languages {
  files: LanguageFiles;
  worker: LanguageWorker;
  templates: Templates;
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
  /** Of computing, for one conversation; default: as `openTemplates`. */
  templateMs?: number;
}

export function openLanguages({ command, folder, placeOfResult, secret, templateMs }: LanguagesOptions): Languages {
  const files = openLanguageFiles(folder, placeOfResult);
  const worker = openLanguageWorker(command);
  const templates = openTemplates(command, templateMs === undefined ? {} : { longestMs: templateMs });
  /** By content: models that share documents share their index. */
  const known = new Map<string, Promise<Passages>>();
  const passagesIn = (file: LanguageFile): Promise<Passages> => {
    const opened = known.get(file.sha256) ?? readPassagesIn(file);
    known.set(file.sha256, opened);
    // What could not be read is tried again.
    opened.catch(() => known.delete(file.sha256));
    return opened;
  };
  const readPassagesIn = async (file: LanguageFile): Promise<Passages> => {
    const { readPassages } = await import('./answer-from-documents.ts');
    return readPassages(await files.place(file));
  };
  const openLocal = async (value: LanguageValue, sequences = 1): Promise<LanguageModel> => {
    const { openLocalModel } = await import('./local-model.ts');
    return openLocalModel(value, { worker, templates, place: files.place, sequences });
  };
  const openEndpoint = async (value: LanguageValue, sequences = 4): Promise<LanguageModel> => {
    const { openEndpointModel } = await import('./endpoint-model.ts');
    const name = value.base.from === 'endpoint' ? value.base.secret : null;
    return openEndpointModel(value, name === null ? undefined : await secret(name), sequences);
  };
  return {
    files,
    worker,
    templates,
    open: async (value, sequences) => {
      const { guard } = await import('./guardrails.ts');
      const { answerFromDocuments } = await import('./answer-from-documents.ts');
      const model =
        value.base.from === 'file' ? await openLocal(value, sequences) : await openEndpoint(value, sequences);
      return guard(answerFromDocuments(model, ({ file }) => passagesIn(file)));
    },
    close: async () => void (await Promise.all([worker.close(), templates.close()])),
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
