/** A workspace with the tiny model in it, and what asks it: for tests of everything that a language model answers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processCommand } from '../../cli/process-command.ts';
import { noSecrets, openLanguages, type Languages } from '../../engine/llm/open-languages.ts';
import { languageValue, type LanguageValue } from '../../shared/language/language-model.ts';
import { writeTinyGguf, type TinyOptions } from './tiny-gguf.ts';

export const languageCommand = processCommand('language');

export interface TinyLanguage extends AsyncDisposable {
  folder: string;
  path: string;
  languages: Languages;
  value: LanguageValue;
}

export interface TinyLanguageOptions extends TinyOptions {
  contextTokens?: number;
  templateMs?: number;
}

export async function openTinyLanguage(options: TinyLanguageOptions = {}): Promise<TinyLanguage> {
  const folder = mkdtempSync(join(tmpdir(), 'flowyard-llm-'));
  const path = writeTinyGguf(join(folder, 'tiny.gguf'), options);
  const languages = openLanguages({
    command: languageCommand,
    folder: join(folder, '.flowyard'),
    placeOfResult: () => undefined,
    secret: noSecrets,
    ...(options.templateMs === undefined ? {} : { templateMs: options.templateMs }),
  });
  const value = await tinyValue(languages, path, options.contextTokens);
  return {
    folder,
    path,
    languages,
    value,
    [Symbol.asyncDispose]: async () => {
      await languages.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function tinyValue(languages: Languages, path: string, contextTokens = 512): Promise<LanguageValue> {
  const { sha256, name, bytes, facts } = await languages.files.remember(path);
  if (facts === null) throw new Error('the tiny model has no facts');
  return languageValue.parse({
    form: 1,
    name: 'tiny',
    base: { from: 'file', files: [{ sha256, name, bytes }], facts, contextTokens, threads: 1, gpuLayers: 0 },
    sampling: { maxTokens: 24 },
  });
}
