/** One result as a folder: written, sealed, read back. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, fault } from '../../../shared/errors.ts';
import { compactJson } from '../../../shared/pipeline/canonical.ts';
import { artifactManifest, type Artifact, type ArtifactDescription, type ArtifactManifest } from './artifact-store.ts';
import { listFiles, sealFile, syncFolder } from '../../files/durable-write.ts';

const manifestName = 'manifest.json';

/** Hashes and syncs what was written, and writes the manifest beside it. */
export async function sealDraft(
  key: string,
  draftFolder: string,
  description: ArtifactDescription,
  { run, createdMs }: Pick<ArtifactManifest, 'run' | 'createdMs'>,
): Promise<ArtifactManifest> {
  const { files: paths, others } = await listFiles(draftFolder);
  if (others.length > 0)
    throw fail('store.not-a-file', {
      message: `The result holds "${others[0]}", which is a link or a special file.`,
      mend: 'A result may hold plain files only.',
    });
  if (paths.includes(manifestName))
    throw fault('store.reserved-name', {
      message: `A result may not hold a file named ${manifestName}: the store writes it.`,
    });
  const listed = Object.values(description.ports).flatMap((port) => port.files);
  const missing = listed.find((path) => !paths.includes(path));
  if (missing !== undefined)
    throw fault('store.missing-file', { message: `The result was to hold "${missing}", which was not written.` });
  const files: ArtifactManifest['files'] = [];
  for (const path of paths) files.push({ path, ...(await sealFile(join(draftFolder, path))) });
  const manifest: ArtifactManifest = {
    format: 1,
    key,
    kind: description.kind,
    ...(description.node === undefined ? {} : { node: description.node }),
    ...(run === undefined ? {} : { run }),
    ports: { ...description.ports },
    files,
    ms: description.ms,
    createdMs,
    contentHash: createHash('sha256')
      .update(compactJson(files.map((file) => [file.path, file.sha256])))
      .digest('hex'),
    inputs: [...description.inputs],
    recomputable: description.recomputable ?? true,
  };
  const handle = await open(join(draftFolder, manifestName), 'wx');
  try {
    await handle.writeFile(JSON.stringify(manifest, null, 1));
    await handle.sync();
  } finally {
    await handle.close();
  }
  for (const folder of new Set(paths.map((path) => join(draftFolder, path, '..')))) await syncFolder(folder);
  await syncFolder(draftFolder);
  return manifest;
}

export function makeArtifact(folder: string, manifest: ArtifactManifest): Artifact {
  return {
    key: manifest.key,
    folder,
    manifest,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    file: (path) => join(folder, path),
  };
}

/** Changes whenever the manifest is another file or another text. */
export function stampOf(folder: string): string | undefined {
  const info = statSync(join(folder, manifestName), { throwIfNoEntry: false });
  return info === undefined ? undefined : `${info.ino}:${info.size}:${info.mtimeMs}`;
}

export function readManifest(folder: string, key: string): ArtifactManifest | undefined {
  try {
    const parsed = artifactManifest.safeParse(JSON.parse(readFileSync(join(folder, manifestName), 'utf8')));
    return parsed.success && parsed.data.key === key ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export const isWhole = (artifact: Artifact): boolean =>
  artifact.manifest.files.every(
    (file) => statSync(artifact.file(file.path), { throwIfNoEntry: false })?.size === file.bytes,
  );
