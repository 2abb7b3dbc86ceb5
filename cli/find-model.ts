/** MODEL on the command line: a registered name, `name@version`, or the key of a result. */
import { join } from 'node:path';
import { describeModel } from '../engine/workspace/runs/registered-outputs.ts';
import type { Artifact } from '../engine/store/artifacts/artifact-store.ts';
import { openArtifacts } from '../engine/store/artifacts/artifacts.ts';
import type { ModelDescription, ModelRow } from '../engine/store/models.ts';
import { isWritable } from '../engine/store/open-database.ts';
import { fail } from '../shared/errors.ts';
import { withHistory } from './with-history.ts';

export interface FoundModel {
  name: string;
  /** 0: it was named by its key and is not registered. */
  version: number;
  key: string;
  artifact: Artifact;
  description: ModelDescription;
}

export function readModelName(text: string): { name: string; version: number | null } {
  const at = /^(.*)@(\d+)$/s.exec(text);
  return at === null ? { name: text, version: null } : { name: at[1] ?? '', version: Number(at[2]) };
}

/** Fails with `model.unknown`, `model.gone` when its file was removed, `model.unreadable`. */
export async function findModel(workspace: string, text: string): Promise<FoundModel> {
  const { name, version } = readModelName(text);
  const row = await withHistory(workspace, async (history) => {
    const found = await history.model(name, version);
    if (found !== undefined) return found;
    const all = await history.models();
    return all.find((m) => m.key === artifactKeyIn(text)) ?? all;
  });
  const key = Array.isArray(row) ? artifactKeyIn(text) : row.key;
  const folder = join(workspace, '.flowyard');
  const store =
    key === undefined
      ? undefined
      : await openArtifacts({ folder, readOnly: !isWritable(folder), removeLeftovers: false });
  const artifact = key === undefined ? undefined : store?.find(key);
  if (artifact === undefined)
    throw Array.isArray(row)
      ? unknownModel(text, row)
      : fail('model.gone', {
          message: `The file of ${row.name} ${row.version} is no longer stored.`,
          mend: 'Run its pipeline again.',
        });
  const description = describeModel(artifact);
  if (description === undefined)
    throw fail('model.unreadable', {
      message: `"${text}" is no model that this version can read.`,
      mend: 'Train it again.',
    });
  return Array.isArray(row)
    ? { name: artifact.key, version: 0, key: artifact.key, artifact, description }
    : { name: row.name, version: row.version, key: row.key, artifact, description };
}

/** `3f9a…` or `3f9a…/model`. */
function artifactKeyIn(text: string): string | undefined {
  const [key = ''] = text.split('/');
  return /^[a-z0-9]{16,128}$/.test(key) ? key : undefined;
}

export function unknownModel(text: string, known: readonly ModelRow[]) {
  const names = [...new Set(known.map((m) => m.name))].sort();
  return fail('model.unknown', {
    message: `There is no model "${text}" in this workspace.`,
    mend:
      names.length === 0
        ? 'Run a pipeline that trains one, or name the workspace with --workspace.'
        : `It has ${names.slice(0, 20).join(', ')}.`,
  });
}
