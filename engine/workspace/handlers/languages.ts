/** What the window asks about language models. */
import { readFileSync } from 'node:fs';
import { fail } from '../../../shared/errors.ts';
import { languageValue, takesConversations, type Generation } from '../../../shared/language/language-model.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { fetchProgress } from '../../../shared/rpc/contract/language.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type * as z from 'zod';
import { nameWays } from '../../serve/language/serve-languages.ts';
import type { LanguageManager } from '../../llm/language-manager.ts';
import type { KnownLanguageFile } from '../../llm/language-files.ts';
import type { SecretStore } from '../../secrets/secret-store.ts';
import type { HostContext } from '../host-context.ts';
import { otherModels } from '../services/served-languages.ts';
import { follow } from './follow.ts';

type Area = Pick<
  Handlers<Contract>,
  Extract<keyof Contract, `languages.${string}` | `prompts.${string}` | `secrets.${string}`>
>;
type Progress = z.output<typeof fetchProgress>;
type Choice = Awaited<ReturnType<Area['languages.choices']>>[number];

// Over 80 lines: a list of handlers, each of a few lines.
export function languageHandlers(
  context: Pick<HostContext, 'store' | 'artifacts' | 'services' | 'changes'>,
  languageManager: LanguageManager,
  secrets: SecretStore | undefined,
): Area {
  const { store, changes } = context;
  const rows = async () =>
    (await languageManager.files()).map((file) => ({
      sha256: file.sha256,
      name: file.name,
      path: file.shown,
      bytes: file.bytes,
      facts: file.facts,
      memory_bytes: file.memoryBytes,
      added_ms: file.addedMs,
      missing: file.missing,
    }));
  const kept = (): SecretStore => {
    if (secrets !== undefined) return secrets;
    throw fail('secret.no-store', { message: 'Secrets cannot be kept here.', mend: 'Use flowyard secrets set.' });
  };
  return {
    'languages.list': rows,
    'languages.choices': async () => [
      ...serviceChoices(context),
      ...resultChoices(context),
      ...fileChoices(await languageManager.files()),
    ],
    'languages.import': async ({ path }) => {
      const brought = new Set((await languageManager.import(path)).map((file) => file.sha256));
      changes.notify('languages', 'files');
      return (await rows()).filter((row) => brought.has(row.sha256));
    },
    'languages.fetch': async function* ({ url, sha256 }, { signal }) {
      let resumed = 0;
      const file = yield* follow<Progress, KnownLanguageFile>(
        (notify, stop) =>
          languageManager.fetch(url, sha256, {
            signal: stop,
            onProgress: (progress) => {
              ({ resumed } = progress);
              notify({ ...progress, done: false, path: '', sha256: null });
            },
          }),
        signal,
      );
      changes.notify('languages', 'files');
      yield { bytes: file.bytes, total: file.bytes, resumed, done: true, path: file.path, sha256: file.sha256 };
    },
    'languages.forget': async ({ sha256, remove }) => {
      await languageManager.forget(sha256, remove);
      changes.notify('languages', 'files');
      return {};
    },
    'languages.ask': async function* ({ target, prompt, sampling = {}, schema }, { signal }) {
      const answer = yield* follow<{ text: string }, Generation>(
        (notify, stop) =>
          languageManager.ask(
            target,
            { prompt, sampling, ...(schema === undefined ? {} : { schema }) },
            { signal: stop, onText: (text) => notify({ text }) },
          ),
        signal,
      );
      const { toolCalls: _calls, sources, ...rest } = answer;
      yield { answer: sources === undefined ? rest : { ...rest, sources: [...sources] } };
    },
    'prompts.list': ({ pipeline }) =>
      store.prompts.list(pipeline).map(({ params, last_ms: _last, ...rest }) => ({
        ...rest,
        template: String(params['template'] ?? ''),
        system: String(params['system'] ?? ''),
      })),
    'secrets.names': () => kept().names(),
    'secrets.set': async ({ name, value }) => {
      await kept().set(name, value);
      return {};
    },
    'secrets.remove': async ({ name }) => {
      await kept().remove(name);
      return {};
    },
  };
}

const fileChoices = (files: Awaited<ReturnType<LanguageManager['files']>>): Choice[] =>
  files.flatMap((file) =>
    file.facts === null || file.missing
      ? []
      : [
          {
            target: { from: 'file' as const, sha256: file.sha256 },
            title: file.facts.title,
            about: `${file.shown}, ${file.facts.quantisation}`,
            chats: file.facts.template !== null,
          },
        ],
  );

/** What pipelines made last: a model with its adapter and settings, an endpoint. */
function resultChoices({ store, artifacts }: Pick<HostContext, 'store' | 'artifacts'>): Choice[] {
  const seen = new Set<string>();
  return store.runs.languageOutputs().flatMap(({ key, node, title }) => {
    const [name = ''] = key.split('/');
    if (seen.has(name)) return [];
    seen.add(name);
    const value = readValue(artifacts, name);
    if (value === undefined) return [];
    return [
      {
        target: { from: 'result' as const, key: name },
        title: value.name,
        about: `${node} of ${title}${value.base.from === 'endpoint' ? `, at ${value.base.url}` : ''}`,
        chats: takesConversations(value),
      },
    ];
  });
}

function serviceChoices({ services, artifacts }: Pick<HostContext, 'services' | 'artifacts'>): Choice[] {
  return services.list().flatMap((service) => {
    if (service.status !== 'running' || service.settings['kind'] !== 'language') return [];
    const values = [service.model_key, ...otherModels(service)].flatMap((key) => readValue(artifacts, key) ?? []);
    return nameWays(values).map(({ name, value }) => ({
      target: { from: 'service' as const, service: service.name, model: name },
      title: name,
      about: service.name,
      chats: takesConversations(value),
    }));
  });
}

function readValue(artifacts: HostContext['artifacts'], key: string) {
  const artifact = artifacts.find(key);
  const file = artifact?.manifest.ports['llm']?.files[0];
  if (artifact === undefined || file === undefined) return undefined;
  const parsed = languageValue.safeParse(JSON.parse(readFileSync(artifact.file(file), 'utf8')));
  return parsed.success ? parsed.data : undefined;
}
