/** Pipeline files of the workspace: opened with their content's hash, saved at once or not at all, trusted by content. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod';
import { fail, FlowyardError } from '../../shared/errors.ts';
import { readPipelineText } from '../files/pipeline-text.ts';
import { arrange, cardHeight } from '../../shared/pipeline/arrange.ts';
import { parseWire, type PipelineFile } from '../../shared/pipeline/file.ts';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import type { example } from '../../shared/rpc/contract.ts';
import type { PipelineRepository } from '../store/pipelines.ts';
import { guardStoreAsync } from '../files/store-problem.ts';
import { openWrittenPlace } from '../files/written-place.ts';
import { nameInWorkspace, resolveInWorkspace } from './workspace-files.ts';

export const hashContent = (text: string): string => createHash('sha256').update(text).digest('hex');
export const examplePrefix = 'example:';
const ending = '.pipeline.json';

export interface PipelineOnDisk {
  file: PipelineFile;
  hash: string;
}

export async function readPipeline(workspace: string, path: string): Promise<PipelineOnDisk> {
  const place = await resolveInWorkspace(workspace, path);
  const text = await readPipelineText(place, path).catch((cause: unknown) => {
    if (cause instanceof FlowyardError) throw cause;
    throw fail(
      'pipeline.missing',
      {
        message: `The pipeline "${path}" is not there.`,
        mend: 'Choose another, or restore the file.',
        facts: { path },
      },
      { cause },
    );
  });
  return { file: placed(parsePipeline(text, path)), hash: hashContent(text) };
}

/** Nobody has placed its cards, as in a file written by hand or by a program: they stand as a new pipeline's do. Not one position is changed that is in the file. */
function placed(file: PipelineFile): PipelineFile {
  if (Object.keys(file.layout).length > 0) return file;
  const links = file.wires.map(parseWire);
  const portsOf = (id: string): number =>
    Math.max(
      new Set(links.filter(({ to }) => to.node === id).map(({ to }) => to.port)).size,
      new Set(links.filter(({ from }) => from.node === id).map(({ from }) => from.port)).size,
    );
  const cards = Object.keys(file.nodes).map((id) => ({ id, heightPx: cardHeight(Math.max(usualPorts, portsOf(id))) }));
  const places = arrange(
    cards,
    links.map(({ from, to }) => ({ from: from.node, to: to.node })),
  );
  return { ...file, layout: Object.fromEntries(Object.entries(places).map(([id, [x, y]]) => [id, [x, y]])) };
}
/** Ports that no wire uses make a card higher, too. */
const usualPorts = 2;

export interface SaveOptions {
  path: string;
  file: PipelineFile;
  /** The hash of what was opened; null: it should be a new file. */
  baseHash: string | null;
  overwrite: boolean;
}
export async function savePipeline(
  workspace: string,
  pipelines: PipelineRepository,
  { path, file, baseHash, overwrite }: SaveOptions,
  nowMs: number,
): Promise<{ hash: string; path: string }> {
  const place = await resolveInWorkspace(workspace, path);
  if (!path.endsWith(ending))
    throw fail('pipeline.name', {
      message: `"${path}" does not end in ${ending}.`,
      mend: `Give the file a name that ends in ${ending}.`,
    });
  const text = formatPipeline(file);
  const hash = hashContent(text);
  const onDisk = await readPipelineText(place, path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  const hashOnDisk = onDisk === undefined ? null : hashContent(onDisk);
  if (!overwrite && hashOnDisk !== baseHash && hashOnDisk !== hash) {
    if (baseHash === null)
      throw fail('pipeline.exists', {
        message: `There is a pipeline "${path}" already.`,
        mend: 'Choose another name, or overwrite it.',
        facts: { path },
      });
    if (hashOnDisk === null)
      throw fail('pipeline.removed-on-disk', {
        message: `"${path}" is no longer there: it was renamed, moved or deleted since it was opened.`,
        mend: 'Save it there again, or under another name.',
        facts: { path },
      });
    throw fail('pipeline.changed-on-disk', {
      message: `"${path}" was changed by another program since it was opened.`,
      mend: 'Overwrite it, save under another name, or open what is on the disk.',
      facts: { path },
    });
  }
  await guardStoreAsync(path, async () => {
    // A link within the workspace was followed when the file was opened; the way is the real one.
    const below = nameInWorkspace(workspace, place);
    await using written = await openWrittenPlace(workspace, below, { permission: 'pipeline-file' });
    await written.put({ bytes: text }, true);
  });
  pipelines.trust(hash, 'saved-here', nowMs);
  pipelines.opened(path, file.title, nowMs);
  return { hash, path };
}

export type Example = z.output<typeof example>;

/** The examples that come with the app: each pipeline in the folder, with what its neighbour `examples.json` says about it. */
export async function listExamples(folder: string): Promise<Example[]> {
  const names = await readdir(folder).catch(() => []);
  const about = await readAbout(folder);
  const examples = await Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .sort()
      .map(async (name): Promise<Example | undefined> => {
        const id = name.slice(0, -ending.length);
        try {
          const file = parsePipeline(await readFile(join(folder, name), 'utf8'), name);
          const more = about.get(id) ?? {};
          return {
            id,
            title: file.title || id,
            about: file.description ?? '',
            tag: more.tag ?? '',
            learn: more.learn ?? [],
            nodes: Object.keys(file.nodes).length,
            path: `${examplePrefix}${id}`,
          };
        } catch {
          return undefined;
        }
      }),
  );
  // In the order of examples.json; the quick start is a template, not an example.
  const order = [...about.keys()];
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return examples
    .flatMap((one) => (one === undefined || one.id === 'quick-start' ? [] : [one]))
    .sort((a, b) => place(a.id) - place(b.id));
}

export async function readExample(folder: string, id: string): Promise<PipelineOnDisk> {
  const text = /^[\w-]+$/.test(id)
    ? await readFile(join(folder, `${id}${ending}`), 'utf8').catch(() => undefined)
    : undefined;
  if (text === undefined)
    throw fail('pipeline.no-example', {
      message: `There is no example "${id}".`,
      mend: 'Choose one from the first screen.',
    });
  return { file: parsePipeline(text, id), hash: hashContent(text) };
}

interface About {
  tag?: string;
  learn?: string[];
}
async function readAbout(folder: string): Promise<Map<string, About>> {
  try {
    const about: Record<string, About> = JSON.parse(await readFile(join(folder, 'examples.json'), 'utf8'));
    return new Map(Object.entries(about));
  } catch {
    return new Map();
  }
}
