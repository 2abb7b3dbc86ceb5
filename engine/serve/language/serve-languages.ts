/** What a deployment of language models is made of: their values from the results' folders, one worker for all, a name for each way of asking them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { languageJson, languageValue, type LanguageValue } from '../../../shared/language/language-model.ts';
import { makeRedact } from '../../secrets/redact.ts';
import type { ServedRequest, ServiceRequest } from '../service-process.ts';
import { noSecrets, openLanguages } from '../../llm/open-languages.ts';
import { startLanguageServer, type LanguageServer, type ServedLanguage } from './language-server.ts';

export interface ServeLanguagesOptions {
  /** The Node binary and the script of a language-model worker. */
  command: readonly string[];
  onRequest: (request: ServedRequest) => void;
}

/** @param request its `settings.keys` names secrets, any of which is a key beside the token. */
export async function serveLanguages(
  request: ServiceRequest,
  { command, onRequest }: ServeLanguagesOptions,
): Promise<LanguageServer> {
  const { folder, others, flowyard, secrets, settings, port, token } = request;
  const values = await Promise.all([folder, ...others].map(readValue));
  const folders = new Map([folder, ...others].map((one) => [one.split(/[\\/]/).at(-1) ?? '', one]));
  const languages = openLanguages({
    command,
    folder: flowyard,
    placeOfResult: (key) => folders.get(key) ?? join(flowyard, 'store', key.slice(0, 2), key),
    secret: async (name) => secrets[name] ?? noSecrets(name),
  });
  const redact = makeRedact([...Object.values(secrets), ...(token === null ? [] : [token])]);
  const parallel = numberOf(settings['parallel'], 4);
  const models: ServedLanguage[] = [];
  for (const { name, value } of nameWays(values)) models.push({ name, model: await languages.open(value, parallel) });
  const named = Array.isArray(settings['keys']) ? settings['keys'].map(String) : [];
  const keys = new Map<string, string>(token === null ? [] : [['token', token]]);
  for (const name of named) keys.set(name, secrets[name] ?? (await noSecrets(name)));
  const server = await startLanguageServer({
    models,
    port,
    keys,
    parallel,
    longestQueue: numberOf(settings['longestQueue'], 64),
    onRequest: (served) => onRequest(redact(served)),
    ...(settings['keepInputs'] === false ? { keepBytes: 0 } : {}),
  });
  return {
    ...server,
    close: async () => {
      await server.close();
      await languages.close();
    },
  };
}

export const isLanguageFolder = async (folder: string): Promise<boolean> =>
  readFile(join(folder, languageJson)).then(
    () => true,
    () => false,
  );

const readValue = async (folder: string): Promise<LanguageValue> =>
  languageValue.parse(JSON.parse(await readFile(join(folder, languageJson), 'utf8')));

const numberOf = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** Each model by its name; one with adapters also without them (`name:base`), and with each of several alone (`name:adapter`). */
export function nameWays(values: readonly LanguageValue[]): { name: string; value: LanguageValue }[] {
  const ways = values.flatMap((value) => [
    { name: value.name, value },
    ...(value.adapters.length === 0 ? [] : [{ name: `${value.name}:base`, value: { ...value, adapters: [] } }]),
    ...(value.adapters.length < 2
      ? []
      : value.adapters.map((adapter) => ({
          name: `${value.name}:${adapter.name}`,
          value: { ...value, adapters: [adapter] },
        }))),
  ]);
  const seen = new Map<string, number>();
  return ways.map(({ name, value }) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { name: before === 0 ? name : `${name}-${before + 1}`, value };
  });
}
