/** A writer whose file is one that the pipeline reads: it would replace its own source, and what was read could never be read again. Said before anything runs. */
import { realpath } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Problem } from '../../shared/errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Instance } from './plan.ts';
import type { FoundSource } from '../sources/sources.ts';

export async function findOverwrittenSources(
  graph: Graph,
  instances: Iterable<Instance>,
  workspace: string,
): Promise<Problem[]> {
  const writers = [...graph.nodes.values()].filter((node) => node.sound && node.spec?.writes !== undefined);
  if (writers.length === 0) return [];
  const sources = new Map<FoundSource, Instance>();
  for (const instance of instances) for (const source of instance.sources) sources.set(source, instance);
  const problems: Problem[] = [];
  for (const node of writers)
    for (const { param, path } of node.spec?.writes?.(node.params) ?? []) {
      if (path.replace(/[/\\]+$/, '').trim() === '') continue;
      const target = await realPlace(resolve(workspace, path));
      for (const [source, reader] of sources) {
        const how = conflict(path.endsWith('/'), target, source);
        if (how === undefined) continue;
        const title = `"${graph.nodes.get(reader.node.id)?.title ?? reader.node.id}"`;
        problems.push(
          how === 'same'
            ? {
                code: 'write.over-source',
                severity: 'error',
                message: `"${path}" is what ${title} reads: the file would be replaced by what was made of it.`,
                mend: 'Write to another file.',
                node: node.id,
                param,
                facts: { reader: reader.node.id },
              }
            : {
                code: 'write.among-sources',
                severity: 'warning',
                message: `"${path}" lies in the folder that ${title} reads: the next run will read it too.`,
                mend: 'Write into another folder.',
                node: node.id,
                param,
                facts: { reader: reader.node.id },
              },
        );
        break;
      }
    }
  return problems;
}

function conflict(
  isFolder: boolean,
  target: string,
  { path, original, folder }: FoundSource,
): 'same' | 'among' | undefined {
  const files = folder === undefined ? [original ?? path] : [path, ...folder.files.map((file) => file.place)];
  if (files.some((file) => file === target || (isFolder && dirname(file) === target))) return 'same';
  const reads = folder?.files.some(
    ({ place }) => dirname(place) === dirname(target) && extname(place).toLowerCase() === extname(target).toLowerCase(),
  );
  return reads === true && !isFolder ? 'among' : undefined;
}

/** Of what is not there yet, the place where it will be. */
async function realPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  return dirname(path) === path ? path : join(await realPlace(dirname(path)), basename(path));
}
