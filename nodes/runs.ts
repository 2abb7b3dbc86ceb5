/** The same kinds for Node: specs by walking the folders or by name, run modules loaded when a node first computes. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyRun } from '../shared/capabilities.ts';
import type { AnySpec } from '../shared/kind/define-spec.ts';

const here = import.meta.dirname;

export async function loadSpecs(): Promise<Map<string, AnySpec>> {
  const folders = await Promise.all(
    (await readdir(here, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) =>
        (await readdir(join(here, name), { withFileTypes: true }))
          .filter((kind) => kind.isDirectory())
          .map((kind) => join(name, kind.name)),
      ),
  );
  return byKind(folders.flat());
}

/** Those of a pipeline: all of them take longer to load than a small run to compute. A kind that is not there is left out. */
export const loadSpecsOf = (kinds: Iterable<string>): Promise<Map<string, AnySpec>> =>
  byKind(
    [...new Set(kinds)]
      .filter((kind) => /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(kind))
      .map((kind) => join(...kind.split('.')))
      .filter((folder) => existsSync(join(here, folder, 'spec.ts'))),
  );

async function byKind(folders: readonly string[]): Promise<Map<string, AnySpec>> {
  const loaded = await Promise.all(
    folders.map(async (folder) => {
      const module: { spec: AnySpec } = await import(pathToFileURL(join(here, folder, 'spec.ts')).href);
      return module.spec;
    }),
  );
  return new Map(loaded.sort((a, b) => (a.kind < b.kind ? -1 : 1)).map((spec) => [spec.kind, spec]));
}

/** An import that is there already still costs some microseconds, and a plan asks for each of its nodes. */
const runs = new Map<string, Promise<AnyRun>>();

export function loadRun(kind: string): Promise<AnyRun> {
  const known = runs.get(kind);
  if (known !== undefined) return known;
  const loading = importRun(kind);
  runs.set(kind, loading);
  // What could not be loaded is tried again.
  loading.catch(() => runs.delete(kind));
  return loading;
}
async function importRun(kind: string): Promise<AnyRun> {
  const module: { default: AnyRun } = await import(pathToFileURL(join(here, ...kind.split('.'), 'run.ts')).href);
  return module.default;
}
