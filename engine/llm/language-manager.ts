/**
 * The window's language models: which there are, and asking one. The worker starts with the first question, holds the heavy engine's place while it answers, and goes
 * after some minutes of silence, so that a chat of this morning takes no memory tonight.
 */
import { constants } from 'node:fs';
import { copyFile, link, readdir, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { fail } from '../../shared/errors.ts';
import {
  languageJson,
  languageValue,
  memoryEstimate,
  type AskOptions,
  type GenerateRequest,
  type Generation,
  type LanguageBase,
  type LanguageModel,
  type LanguageValue,
} from '../../shared/language/language-model.ts';
import type { LanguageTarget } from '../../shared/rpc/contract/language.ts';
import type { Budget, Share } from '../compute/budget.ts';
import { stampOf } from '../files/file-stamp.ts';
import { refuseNoFile } from '../files/given-file.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { openWrittenPlace } from '../files/written-place.ts';
import { fetchFile, type FetchFileOptions } from './fetch-file.ts';
import type { KnownLanguageFile } from './language-files.ts';
import { noSecrets, openLanguages, type Languages } from './open-languages.ts';

export interface LanguageManagerOptions {
  workspace: string;
  artifacts: ArtifactStore;
  command: readonly string[];
  budget: Budget;
  secret: (name: string) => Promise<string | undefined>;
  /** Where a running service answers. */
  service: (name: string) => { url: string; token: string | null } | undefined;
  idleMs?: number;
}
export interface LanguageManager {
  files: () => Promise<(KnownLanguageFile & { shown: string; missing: boolean; memoryBytes: number })[]>;
  import: (path: string) => Promise<KnownLanguageFile[]>;
  fetch: (
    url: string,
    sha256: string | null,
    options: Pick<FetchFileOptions, 'signal' | 'onProgress'>,
  ) => Promise<KnownLanguageFile>;
  forget: (sha256: string, remove: boolean) => Promise<void>;
  value: (target: Exclude<LanguageTarget, { from: 'service' }>) => Promise<LanguageValue>;
  ask: (target: LanguageTarget, request: GenerateRequest, options: AskOptions) => Promise<Generation>;
  close: () => Promise<void>;
}

/** Where files are brought to. */
export const modelsFolder = 'models';
const usualContext = 4096;

// Over 80 lines: one set of models: which are loaded, asked and let go is one state.
export function makeLanguageManager(options: LanguageManagerOptions): LanguageManager {
  const { workspace, artifacts, command, budget, idleMs = 5 * 60_000 } = options;
  const make = (): Languages =>
    openLanguages({
      command,
      folder: artifacts.folder,
      placeOfResult: (key) => artifacts.find(key)?.folder,
      secret: async (name) => (await options.secret(name)) ?? noSecrets(name),
    });
  let languages = make();
  let [asking, timer]: [number, NodeJS.Timeout | undefined] = [0, undefined];
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (asking > 0) return;
      void languages.close();
      languages = make();
    }, idleMs);
    timer.unref();
  };
  const inWorkspace = (path: string): string => {
    const way = relative(workspace, path);
    return way.startsWith('..') || isAbsolute(way) ? path : way.replaceAll('\\', '/');
  };

  async function value(target: Exclude<LanguageTarget, { from: 'service' }>): Promise<LanguageValue> {
    if (target.from === 'result') {
      const artifact = artifacts.find(target.key);
      if (artifact === undefined)
        throw fail('language.no-result', {
          message: 'That language model is no longer stored.',
          mend: 'Run its pipeline again.',
        });
      return languageValue.parse(JSON.parse(readFileSync(artifact.file(languageJson), 'utf8')));
    }
    const known = (await languages.files.known()).find((file) => file.sha256 === target.sha256);
    if (known === undefined || known.facts === null)
      throw fail('language.file-missing', {
        message: 'That model is not in the list any more.',
        mend: 'Add it again.',
      });
    return languageValue.parse({ form: 1, name: known.facts.title, base: baseOf(known, known.facts) });
  }

  async function ask(target: LanguageTarget, request: GenerateRequest, asked: AskOptions): Promise<Generation> {
    if (target.from === 'service') return (await serviceModel(target, options.service)).generate(request, asked);
    const whole = await value(target);
    const share =
      whole.base.from === 'file' ? await heavyPlace(budget, memoryEstimate(whole.base), asked.signal) : undefined;
    asking += 1;
    try {
      return await (await languages.open(whole)).generate(request, asked);
    } finally {
      asking -= 1;
      share?.release();
      rest();
    }
  }

  return {
    value,
    ask,
    files: async () => {
      const known = await languages.files.known();
      return Promise.all(
        known.map(async (file) => ({
          ...file,
          shown: inWorkspace(file.path),
          missing: (await stampOf(file.path).catch(() => '')) === '',
          memoryBytes: file.facts === null ? file.bytes : memoryEstimate(baseOf(file, file.facts)),
        })),
      );
    },
    import: async (path) => {
      const brought: KnownLanguageFile[] = [];
      for (const source of await ggufFiles(resolve(workspace, path)))
        brought.push(await languages.files.remember(await bring(source, workspace)));
      return brought;
    },
    fetch: async (url, sha256, watch) => {
      await using place = await openWrittenPlace(workspace, `${modelsFolder}/${fileNameOf(url)}`);
      const fetched = await fetchFile({ url: downloadAddress(url), place, sha256, ...watch });
      return languages.files.remember(place.path, fetched.sha256);
    },
    forget: async (sha256, remove) => {
      const known = (await languages.files.known()).find((file) => file.sha256 === sha256);
      await languages.files.forget(sha256);
      // Only what lies in the workspace is this workspace's to remove.
      if (!remove || known === undefined || inWorkspace(known.path) === known.path) return;
      await using place = await openWrittenPlace(workspace, inWorkspace(known.path));
      await place.remove();
    },
    close: async () => {
      clearTimeout(timer);
      await languages.close();
    },
  };
}

const baseOf = (file: KnownLanguageFile, facts: NonNullable<KnownLanguageFile['facts']>): LanguageBase => ({
  from: 'file',
  files: [{ name: file.name, sha256: file.sha256, bytes: file.bytes }],
  facts,
  contextTokens: Math.min(usualContext, facts.contextTokens),
  threads: null,
  gpuLayers: null,
});

async function serviceModel(
  target: Extract<LanguageTarget, { from: 'service' }>,
  find: LanguageManagerOptions['service'],
): Promise<LanguageModel> {
  const found = find(target.service);
  if (found === undefined)
    throw fail('service.not-running', {
      message: `The service "${target.service}" does not run.`,
      mend: 'Start it on the page of services.',
    });
  const value = languageValue.parse({
    form: 1,
    name: target.model,
    base: {
      from: 'endpoint',
      url: `${found.url}/v1`,
      model: target.model,
      secret: null,
      images: true,
      contextTokens: null,
      inputPrice: 0,
      outputPrice: 0,
    },
  });
  const { openEndpointModel } = await import('./endpoint-model.ts');
  return openEndpointModel(value, found.token ?? undefined, 4);
}

/** One engine that spins at a time: a training or a run with a model goes before a chat, or waits for it. */
function heavyPlace(budget: Budget, memoryBytes: number, signal: AbortSignal): Promise<Share> {
  return new Promise((resolve, reject) => {
    const asked = budget.ask({ memoryBytes, threads: 1, heavy: true }, (share) => {
      if (!signal.aborted) return resolve(share);
      share.release();
    });
    signal.addEventListener(
      'abort',
      () => {
        asked.withdraw();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

async function ggufFiles(path: string): Promise<string[]> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw fail(
      'file.missing',
      { message: `There is nothing at "${path}".`, mend: 'Give the path of a GGUF file or of a folder with some.' },
      { cause },
    );
  });
  if (!facts.isDirectory()) {
    refuseNoFile(facts, { name: path });
    return [path];
  }
  const names = (await readdir(path)).filter((name) => /\.gguf$/i.test(name)).sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw fail('language.no-model', { message: `The folder "${path}" holds no GGUF file.`, mend: 'Choose another.' });
}

/** Into the workspace, where pipelines may read it: as another name of the same bytes where the disk can, else as a copy. */
async function bring(source: string, workspace: string): Promise<string> {
  const way = relative(workspace, source);
  if (!way.startsWith('..') && !isAbsolute(way)) return source;
  await using place = await openWrittenPlace(workspace, `${modelsFolder}/${basename(source)}`);
  const there = await place.there();
  if (there !== undefined) {
    if (there.size === (await stat(source)).size) return place.path;
    throw fail('file.exists', {
      message: `There is another file "${modelsFolder}/${basename(source)}" already.`,
      mend: 'Rename one of them.',
    });
  }
  const part = place.beside('.part');
  try {
    await link(source, part).catch(() => copyFile(source, part, constants.COPYFILE_EXCL));
    await place.take(part, false);
  } finally {
    await rm(part, { force: true });
  }
  return place.path;
}

/** A page of a file at a hub (`/blob/`) is the file itself at another address (`/resolve/`). */
export function downloadAddress(url: string): string {
  if (!/^https?:\/\//.test(url))
    throw fail('fetch.bad-address', {
      message: `"${url}" is no URL.`,
      mend: 'Give one that begins with https://.',
    });
  return url.replace(/^(https:\/\/huggingface\.co\/[^/]+\/[^/]+)\/blob\//, '$1/resolve/');
}
export function fileNameOf(url: string): string {
  const name = decodeURIComponent(/^https?:\/\/[^/]+\/(?:[^?#]*\/)?([^/?#]+)/.exec(url)?.[1] ?? '');
  if (/\.gguf$/i.test(name) && !/[\\/:*?"<>|]/.test(name)) return name;
  throw fail('fetch.no-gguf', {
    message: 'The address does not end with the name of a .gguf file.',
    mend: 'Give the address of the file itself.',
  });
}
