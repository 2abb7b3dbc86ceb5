/** The same kinds for Node: specs by walking the folders, run modules loaded when a node first computes. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyRun } from '../shared/capabilities.ts';
import type { AnySpec } from '../shared/spec/define-spec.ts';

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
  const loaded = await Promise.all(
    folders.flat().map(async (folder) => {
      const module: { spec: AnySpec } = await import(pathToFileURL(join(here, folder, 'spec.ts')).href);
      return module.spec;
    }),
  );
  return new Map(loaded.sort((a, b) => (a.kind < b.kind ? -1 : 1)).map((spec) => [spec.kind, spec]));
}

export async function loadRun(kind: string): Promise<AnyRun> {
  const module: { default: AnyRun } = await import(pathToFileURL(join(here, ...kind.split('.'), 'run.ts')).href);
  return module.default;
}
