/** The files that a node reads, as they are now. */
import type { AnyRun } from '../../shared/capabilities.ts';
import { fault } from '../../shared/errors.ts';
import { readTargetPath } from '../../shared/source/target-path.ts';
import type { PlanNode } from '../graph/graph.ts';
import type { DecodedFiles } from '../sources/decoded-files.ts';
import type { FoundSource } from '../sources/found-source.ts';
import { refuseDeepJson } from '../sources/json-nesting.ts';
import { recallListing } from '../sources/listings.ts';
import { findFiles, stampCopy } from '../sources/source-files.ts';
import type { FolderHashes } from '../sources/source-folder.ts';
import { findSource, stagedName, type SourceRoots } from '../sources/sources.ts';

export interface SourceServices {
  loadRun: (kind: string) => Promise<AnyRun>;
  hashes: {
    hash: (path: string) => Promise<Omit<FoundSource, 'param' | 'path'>>;
    folders: Pick<FolderHashes, 'hash'>;
    decoded: Pick<DecodedFiles, 'copy'>;
  };
  roots: SourceRoots;
}

/** Asked once for each node: whoever asks again in the same plan sees the same files. */
export function once<T>(ask: (node: PlanNode) => Promise<T>): (node: PlanNode) => Promise<T> {
  const asked = new Map<PlanNode, Promise<T>>();
  return (node) => {
    const answer = asked.get(node) ?? ask(node);
    asked.set(node, answer);
    return answer;
  };
}

export function readsFiles({ spec }: PlanNode): boolean {
  const isReader = spec?.form === 'relational' && Object.keys(spec.inputs).length === 0;
  return isReader || (spec !== undefined && spec.form !== 'fitted' && spec.readsFiles === true);
}

export async function readSources(node: PlanNode, { loadRun, roots, hashes }: SourceServices): Promise<FoundSource[]> {
  const form = node.spec?.form;
  if (!readsFiles(node)) return [];
  const run = await loadRun(node.kind);
  if (run.form === 'fitted' || run.form !== form)
    throw fault('kind.broken', {
      message: `The kind "${node.kind}" declares one form and has another.`,
      node: node.id,
    });
  const sources = run.sources?.(node.params as never) ?? [];
  return Promise.all(
    sources.map(async (source): Promise<FoundSource> => {
      const copy = roots.staged?.get(stagedName(source));
      if (copy !== undefined) return { param: source.param, ...(await stampCopy(copy)) };
      if (source.from === 'files' && readTargetPath(source.path) !== undefined)
        return { param: source.param, ...(await recallListing(roots.listings, source.path, node.id, source.param)) };
      const path = await findSource(source, roots, node.id);
      if (source.from === 'files') return { param: source.param, ...(await findFiles(source, path, hashes)) };
      if (source.from !== 'folder') {
        const seen = await hashes.hash(path);
        if (source.from === 'file' && source.json !== undefined)
          await refuseDeepJson(path, seen.stamp, source.json, { node: node.id, param: source.param });
        if (source.from !== 'file' || source.encoding === undefined) return { param: source.param, path, ...seen };
        const copy = await hashes.decoded.copy(path, seen, source.encoding);
        return { param: source.param, path: copy, original: path, ...(await hashes.hash(copy)) };
      }
      const folder = await hashes.folders.hash(path, source.endings);
      const bytes = folder.files.reduce((sum, file) => sum + file.bytes, 0);
      return { param: source.param, path, sha256: folder.version, bytes, stamp: folder.version, folder };
    }),
  );
}
