/** Files of labels: one `{"key":…,"label":…}` a line, sorted by key, so that Git shows who labelled what and merges two people's work. */
import { posix } from 'node:path';
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import type { LabelChange } from '../../shared/rpc/contract/labels.ts';
import { readGiven } from '../files/given-file.ts';
import { guardStoreAsync } from '../files/store-problem.ts';
import { openWrittenPlace } from '../files/written-place.ts';
import { nameInWorkspace, resolveInWorkspace } from './workspace-files.ts';

export interface LabelFiles {
  read: (place: LabelPlace) => Promise<Record<string, string>>;
  write: (place: LabelPlace, changes: readonly LabelChange[]) => Promise<{ labelled: number }>;
}
export interface LabelPlace {
  pipeline: string | null;
  file: string;
}

const line = z.strictObject({ key: z.string(), label: z.string() });

export function makeLabelFiles(workspace: string): LabelFiles {
  /** Writes of one file one after the other: each begins with what the one before wrote. */
  const under = new Map<string, Promise<unknown>>();
  const find = async ({ pipeline, file }: LabelPlace): Promise<string> => {
    if (!file.endsWith('.jsonl'))
      throw fail('label.bad-name', {
        message: `"${file}" does not end in .jsonl.`,
        mend: 'Labels are kept in a file of JSON lines.',
        param: 'file',
      });
    return resolveInWorkspace(workspace, posix.join(posix.dirname(pipeline ?? '.'), file));
  };
  const inTurn = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    const before = under.get(path) ?? Promise.resolve();
    const now = before.catch(() => undefined).then(work);
    under.set(path, now);
    try {
      return await now;
    } finally {
      if (under.get(path) === now) under.delete(path);
    }
  };
  return {
    read: async (place) => Object.fromEntries(await readLabels(await find(place), place.file)),
    write: async (place, changes) => {
      const path = await find(place);
      return inTurn(path, async () => {
        const labels = await readLabels(path, place.file);
        for (const { key, label } of changes)
          if (label === null) labels.delete(key);
          else labels.set(key, label);
        await using written = await openWrittenPlace(workspace, nameInWorkspace(workspace, path), { param: 'file' });
        await guardStoreAsync(path, () => written.put({ bytes: format(labels) }, true));
        return { labelled: labels.size };
      });
    },
  };
}

/** Some millions of labels. */
const mostBytes = 256 * 2 ** 20;

async function readLabels(path: string, name: string): Promise<Map<string, string>> {
  const bytes = await readGiven(path, { name, mostBytes }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const text = bytes.toString('utf8');
  const labels = new Map<string, string>();
  for (const [i, one] of text.split('\n').entries()) {
    if (one.trim() === '') continue;
    const { key, label } = readLine(one, i + 1, name);
    labels.set(key, label);
  }
  return labels;
}

/** What is no label is never overwritten: the file may be of another kind, or hold the marks of a merge. */
function readLine(text: string, number: number, name: string): z.output<typeof line> {
  const problem = (cause: unknown) =>
    fail(
      'label.unreadable',
      {
        message: `Line ${number} of "${name}" is no label.`,
        mend: 'Each line is an object such as {"key":"…","label":"cat"}. After a merge in Git, remove the lines of its marks.',
        param: 'file',
      },
      { cause },
    );
  try {
    return line.parse(JSON.parse(text));
  } catch (cause) {
    throw problem(cause);
  }
}

const format = (labels: ReadonlyMap<string, string>): string =>
  [...labels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, label]) => `${JSON.stringify({ key, label })}\n`)
    .join('');
