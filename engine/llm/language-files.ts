/**
 * The files of language models that a workspace knows, by hash: `.flowyard/language-files.json`. `llm.json` names weights by content; here stands where they lie and what
 * their heads say, so that a list of models need not read gigabytes. Forgetting the list costs time, never correctness.
 */
import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import type { ByteSource, GgufFile } from '../../methods/gguf/gguf-file.ts';
import { readGguf } from '../../methods/gguf/read-gguf.ts';
import { readWeightFacts } from '../../methods/language/weight-facts.ts';
import { fail } from '../../shared/errors.ts';
import { weightFacts, type LanguageFile, type WeightFacts } from '../../shared/language/language-model.ts';
import { hashFile, stampOf } from '../files/file-stamp.ts';
import { replaceFile } from '../files/durable-write.ts';

export const knownLanguageFile = z.strictObject({
  sha256: z.string(),
  name: z.string(),
  /** Absolute. */
  path: z.string(),
  bytes: z.number(),
  stamp: z.string(),
  /** Null: an adapter, or a later part of a model. */
  facts: weightFacts.nullable(),
  addedMs: z.number(),
});
export type KnownLanguageFile = z.output<typeof knownLanguageFile>;
const list = z.array(knownLanguageFile);

export interface LanguageFiles {
  known: () => Promise<KnownLanguageFile[]>;
  /** Hashes it, reads its head, and keeps both. `sha256`: known from elsewhere, for the very state of the file. */
  remember: (path: string, sha256?: string) => Promise<KnownLanguageFile>;
  forget: (sha256: string) => Promise<void>;
  /** Where the file lies now. @throws `language.file-missing` */
  place: (file: LanguageFile) => Promise<string>;
}

/** @param folder `.flowyard` of a workspace @param placeOfResult the folder of a result by its key */
export function openLanguageFiles(folder: string, placeOfResult: (key: string) => string | undefined): LanguageFiles {
  const file = join(folder, 'language-files.json');
  const read = async (): Promise<KnownLanguageFile[]> => {
    const parsed = list.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '[]')));
    return parsed.success ? parsed.data : [];
  };
  // One after the other: several models of a pipeline are remembered at once.
  let last: Promise<void> = Promise.resolve();
  const change = (make: (entries: KnownLanguageFile[]) => KnownLanguageFile[]): Promise<void> => {
    const changed = last.then(async () => replaceFile(file, JSON.stringify(make(await read()), null, 1)));
    last = changed.catch(() => undefined);
    return changed;
  };
  return {
    known: read,
    remember: async (path, sha256) => {
      const stamp = await stampOf(path);
      const known = (await read()).find((entry) => entry.path === path && entry.stamp === stamp);
      if (known !== undefined) return known;
      const entry: KnownLanguageFile = {
        sha256: sha256 ?? (await hashFile(path)),
        name: basename(path),
        path,
        bytes: (await stat(path)).size,
        stamp,
        facts: await factsOf(path),
        addedMs: Date.now(),
      };
      await change((entries) => [...entries.filter((e) => e.path !== path && e.sha256 !== entry.sha256), entry]);
      return entry;
    },
    forget: (sha256) => change((entries) => entries.filter((entry) => entry.sha256 !== sha256)),
    place: async ({ sha256, name, result, bytes }) => {
      const kept = result === undefined ? undefined : placeOfResult(result);
      if (kept !== undefined) return join(kept, name);
      const known = (await read()).find((entry) => entry.sha256 === sha256);
      const stamp = known === undefined ? undefined : await stampOf(known.path).catch(() => undefined);
      if (
        known !== undefined &&
        (stamp === known.stamp || (stamp !== undefined && (await hashFile(known.path)) === sha256))
      )
        return known.path;
      throw fail('language.file-missing', {
        message: `The file "${name}" (${Math.round(bytes / 1e6)} MB, SHA-256 ${sha256.slice(0, 12)}…) of the language model is not where it was${known === undefined ? '' : ` (${dirname(known.path)})`}.`,
        mend: 'Put it back, or add it again on the page of language models.',
      });
    },
  };
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
};

async function factsOf(path: string): Promise<WeightFacts | null> {
  if (/-(?!00001)\d{5}-of-\d{5}\.gguf$/i.test(path)) return null;
  const head = await readHead(path);
  return head.metadata.get('general.type')?.type === 'string' && isAdapter(head)
    ? null
    : readWeightFacts(head, basename(path));
}
const isAdapter = (head: GgufFile): boolean => {
  const kind = head.metadata.get('general.type');
  return kind?.type === 'string' && kind.value === 'adapter';
};

/** The head of a GGUF file; its numbers are not touched. @throws `gguf.not-gguf`, `gguf.damaged` */
export async function readHead(path: string): Promise<GgufFile> {
  const handle = await open(path);
  try {
    const source: ByteSource = {
      name: basename(path),
      size: (await handle.stat()).size,
      read: async (at, length) => {
        const bytes = new Uint8Array(length);
        const { bytesRead } = await handle.read(bytes, 0, length, at);
        if (bytesRead < length)
          throw fail('gguf.damaged', {
            message: `${basename(path)} ends too early.`,
            mend: 'Fetch or copy the file again.',
          });
        return bytes;
      },
    };
    return await readGguf(source);
  } finally {
    await handle.close();
  }
}
