/** Language models for one process that asks them: one worker for those of this machine, started by the first question; endpoints by `fetch`. */
import { fail } from '../../shared/errors.ts';
import type { LanguageModel, LanguageValue } from '../../shared/language-model.ts';
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
  return {
    files,
    worker,
    open: async (value, sequences) => {
      const { base } = value;
      const { guard } = await import('./guardrails.ts');
      if (base.from === 'file') {
        const { openLocalModel } = await import('./local-model.ts');
        return guard(await openLocalModel(value, { worker, place: files.place, sequences: sequences ?? 1 }));
      }
      const { openEndpointModel } = await import('./endpoint-model.ts');
      return guard(
        openEndpointModel(value, base.secret === null ? undefined : await secret(base.secret), sequences ?? 4),
      );
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
