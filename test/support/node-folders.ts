/** Every kind's folder with what is in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const repositoryRoot = join(import.meta.dirname, '..', '..');
const nodesFolder = join(repositoryRoot, 'nodes');

export interface NodeFolder {
  kind: string;
  path: string;
  /** The text of a file in it; undefined where there is none. */
  read: (name: string) => string | undefined;
}

const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map((e) => e.name);

export const nodeFolders: NodeFolder[] = foldersIn(nodesFolder)
  .flatMap((category) =>
    foldersIn(join(nodesFolder, category)).map((name) => ({
      kind: `${category}.${name}`,
      path: join(nodesFolder, category, name),
    })),
  )
  // A folder without a spec is a kind that is being written, or help that several kinds share.
  .filter(({ path }) => existsSync(join(path, 'spec.ts')))
  .map(({ kind, path }) => ({
    kind,
    path,
    read: (name: string) => (existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : undefined),
  }))
  .toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
