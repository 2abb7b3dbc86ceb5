/** Language models on a task's wires: `llm.json` of a result read and written, weights that a parameter names, answers remembered. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { chooseModelFiles } from '../../../methods/language/weight-facts.ts';
import { fail } from '../../../shared/errors.ts';
import {
  languageJson,
  languageValue,
  memoryEstimate,
  type LanguageDraft,
  type LanguageFile,
  type LanguageInput,
  type LanguageValue,
  type Weights,
} from '../../../shared/language/language-model.ts';
import { openAnswers } from '../../llm/answers.ts';
import type { Languages } from '../../llm/open-languages.ts';
import type { Instance } from '../../plan/plan.ts';
import type { Artifact, ArtifactPort } from '../../store/artifacts/artifact-store.ts';
import type { TaskServices } from './task-services.ts';

/** A conversation that is learnt from: far more than any context holds. */
const longestExample = 8_000_000;

type Asking = Pick<TaskServices, 'languages'>;

const languagesOf = ({ languages }: Asking): Languages => {
  if (languages === undefined)
    throw fail('language.not-here', { message: 'No language model can be asked here.', mend: 'Run the pipeline.' });
  return languages();
};

/** @throws `language.bad-value` when the result holds no language model */
export async function readLanguageInput(services: Asking, artifact: Artifact, port: string): Promise<LanguageInput> {
  const file = artifact.manifest.ports[port]?.files[0] ?? languageJson;
  const value = languageValue.parse(JSON.parse(await readFile(artifact.file(file), 'utf8')));
  const languages = languagesOf(services);
  const opened = new Map<number | undefined, ReturnType<Languages['open']>>();
  return {
    key: artifact.key,
    value,
    place: languages.files.place,
    open: (sequences) => {
      const made = opened.get(sequences) ?? languages.open(value, sequences);
      opened.set(sequences, made);
      return made;
    },
    render: (template, jobs, signal) =>
      languages.templates.render(template, jobs, { signal, mostCharacters: longestExample }),
    answers: openAnswers(dirname(dirname(dirname(artifact.folder)))),
  };
}

/** Files of the draft go beside `llm.json`, and are named by this result's key. */
export async function writeLanguage(folder: string, key: string, draft: LanguageDraft): Promise<ArtifactPort> {
  const { files = {}, ...rest } = draft;
  const own = (file: LanguageFile): LanguageFile => {
    const bytes = files[file.name];
    if (file.result !== 'own') return file;
    return { ...(bytes === undefined ? file : ownFile(file.name, bytes)), result: key };
  };
  const parsed = languageValue.parse({ form: 1, ...rest });
  const value: LanguageValue = {
    ...parsed,
    base: parsed.base.from === 'file' ? { ...parsed.base, files: parsed.base.files.map(own) } : parsed.base,
    adapters: parsed.adapters.map((adapter) => ({ ...adapter, file: own(adapter.file) })),
    ...(parsed.documents === undefined ? {} : { documents: { ...parsed.documents, file: own(parsed.documents.file) } }),
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, languageJson), `${JSON.stringify(value, null, 1)}\n`);
  return { wire: 'llm', files: [languageJson, ...Object.keys(files)], facts: languageFacts(value) };
}

/** What lists show without opening the value. */
export function languageFacts(value: LanguageValue): Record<string, string | number> {
  const { base, name, adapters } = value;
  return base.from === 'file'
    ? {
        name,
        from: 'file',
        architecture: base.facts.architecture,
        parameters: base.facts.parameters,
        quantisation: base.facts.quantisation,
        licence: base.facts.licence,
        adapters: adapters.length,
        memory_bytes: memoryEstimate(base),
      }
    : { name, from: 'endpoint', url: base.url, model: base.model };
}

/** @throws `language.no-model` */
export async function readWeights(services: Asking, instance: Instance, param: string): Promise<Weights> {
  const source = instance.sources.find((one) => one.param === param);
  if (source === undefined) throw new Error(`the parameter ${param} names no file`);
  const { files } = languagesOf(services);
  const parts =
    source.folder === undefined
      ? [{ place: source.path, sha256: source.sha256 }]
      : chooseModelFiles(source.folder.files, basename(source.path));
  const known = [];
  for (const { place, sha256 } of parts) known.push(await files.remember(place, sha256));
  const named = known.map(({ name, sha256, bytes }) => ({ name, sha256, bytes }));
  return { files: named, facts: known[0]?.facts ?? null };
}

/** A file of a draft, from its bytes: `result: 'own'` says that it goes into the result being made. */
export const ownFile = (name: string, bytes: Uint8Array): LanguageFile => ({
  name,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
  result: 'own',
});
