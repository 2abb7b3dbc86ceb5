/** The artifact store over plain files. See `artifact-store.ts` for what it promises. */
import { randomBytes } from 'node:crypto';
import { readdirSync, utimesSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../../shared/errors.ts';
import { isWhole, makeArtifact, readManifest, sealDraft, stampOf } from './artifact-folder.ts';
import {
  artifactKey,
  type Artifact,
  type ArtifactDescription,
  type ArtifactDraft,
  type ArtifactStore,
  type CollectOptions,
} from './artifact-store.ts';
import { hashFile, syncFolder } from '../../files/durable-write.ts';
import { collectedFolder, openRunFolder, removeLeftovers } from './run-folder.ts';
import { guardStoreAsync, storeProblem } from '../../files/store-problem.ts';

/** A use is written to the disk at most this often for each result: the order of use needs no better. */
const touchEveryMs = 60_000;

export interface OpenArtifactsOptions {
  /** The workspace's `.flowyard`. */
  folder: string;
  readOnly?: boolean;
  /** Default: true. A runner that was just started by a host leaves it to the host. */
  removeLeftovers?: boolean;
  now?: () => number;
}

interface Opened {
  folder: string;
  storeFolder: string;
  tmpFolder: string;
  readOnly: boolean;
  now: () => number;
  /** Results that were found before, as long as their folder is unchanged. */
  known: Map<string, { artifact: Artifact; stamp: string; touchedMs: number }>;
}

export async function openArtifacts({
  folder,
  readOnly = false,
  removeLeftovers: clean = true,
  now = Date.now,
}: OpenArtifactsOptions): Promise<ArtifactStore> {
  const storeFolder = join(folder, 'store');
  const tmpFolder = join(folder, 'tmp');
  if (!readOnly)
    await guardStoreAsync(folder, async () => {
      for (const each of [folder, storeFolder, tmpFolder]) await makeFolder(each);
      if (clean) await removeLeftovers(tmpFolder, now());
    });

  const opened: Opened = { folder, storeFolder, tmpFolder, readOnly, now, known: new Map() };
  return {
    folder,
    readOnly,
    find: (key) => find(opened, key),
    glance: () => glance(opened),
    begin: (key, run) => begin(opened, key, run),
    scratch: (run) => {
      refuseReadOnly(opened);
      return guardStoreAsync(tmpFolder, async () => {
        const scratchFolder = join(await openRunFolder(tmpFolder, run), 'scratch');
        await mkdir(scratchFolder, { recursive: true });
        return scratchFolder;
      });
    },
    endRun: async (run) => {
      if (/^[\w.-]+$/.test(run) && !run.startsWith('.'))
        await rm(join(tmpFolder, run), { recursive: true, force: true });
    },
    verify: async (key) => {
      const artifact = find(opened, key);
      if (artifact === undefined) return false;
      for (const file of artifact.manifest.files)
        if ((await hashFile(artifact.file(file.path))).sha256 !== file.sha256) return false;
      return true;
    },
    list: () => list(opened),
    sizes: async () => {
      let bytes = 0;
      let artifacts = 0;
      for await (const artifact of list(opened)) {
        bytes += artifact.bytes;
        artifacts += 1;
      }
      return { bytes, artifacts };
    },
    collect: (how) => collect(opened, how),
    remove: (key) => remove(opened, key),
  };
}

const folderOf = ({ storeFolder }: Opened, key: string): string => join(storeFolder, groupOf(key), key);

function find(opened: Opened, key: string): Artifact | undefined {
  const { known, readOnly, now } = opened;
  if (!artifactKey.safeParse(key).success) return undefined;
  const stamp = stampOf(folderOf(opened, key));
  if (stamp === undefined) {
    known.delete(key);
    return undefined;
  }
  let entry = known.get(key);
  if (entry?.stamp !== stamp) {
    const manifest = readManifest(folderOf(opened, key), key);
    if (manifest === undefined) return undefined;
    entry = { artifact: makeArtifact(folderOf(opened, key), manifest), stamp, touchedMs: 0 };
    known.set(key, entry);
  }
  if (!isWhole(entry.artifact)) {
    known.delete(key);
    return undefined;
  }
  if (!readOnly && now() - entry.touchedMs > touchEveryMs) {
    touch(entry.artifact.folder, now());
    entry.touchedMs = now();
  }
  return entry.artifact;
}

function glance(opened: Opened): (key: string) => Artifact | undefined {
  const groups = new Set(namesOf(opened.storeFolder));
  return (key) => (groups.has(groupOf(key)) ? find(opened, key) : undefined);
}

async function begin(opened: Opened, key: string, run: string): Promise<ArtifactDraft> {
  const { storeFolder, tmpFolder } = opened;
  if (!artifactKey.safeParse(key).success) throw fault('store.bad-key', { message: `"${key}" is no key of a result.` });
  refuseReadOnly(opened);
  return guardStoreAsync(tmpFolder, async () => {
    const draftFolder = join(await openRunFolder(tmpFolder, run), randomBytes(8).toString('hex'));
    await mkdir(draftFolder);
    let open = true;
    const end = (): void => {
      if (!open)
        throw fault('store.draft-closed', { message: `The result ${key} was already committed or discarded.` });
      open = false;
    };
    return {
      key,
      folder: draftFolder,
      commit: async (description) => {
        end();
        try {
          return await guardStoreAsync(storeFolder, () => commit(opened, { key, run, draftFolder }, description));
        } finally {
          await rm(draftFolder, { recursive: true, force: true });
        }
      },
      discard: async () => {
        // A commit that failed has removed it already, and its failure is the one to tell.
        open = false;
        await rm(draftFolder, { recursive: true, force: true });
      },
    };
  });
}

async function commit(
  opened: Opened,
  { key, run, draftFolder }: { key: string; run: string; draftFolder: string },
  description: ArtifactDescription,
): Promise<Artifact> {
  const manifest = await sealDraft(key, draftFolder, description, { run, createdMs: opened.now() });
  const target = folderOf(opened, key);
  await mkdir(join(target, '..'), { recursive: true });
  for (let attempt = 0; ; attempt++) {
    const winner = find(opened, key);
    if (winner !== undefined) return winner;
    try {
      await rename(draftFolder, target);
      break;
    } catch (error) {
      // A folder stands there that is not served: what a crash of the disk or a person left. It goes, once.
      if (attempt > 0 || !(await exists(target))) throw error;
      if (find(opened, key) === undefined) await takeAway(opened, target);
    }
  }
  await syncFolder(join(target, '..'));
  return find(opened, key) ?? makeArtifact(target, manifest);
}

async function takeAway({ tmpFolder }: Opened, folderToRemove: string): Promise<void> {
  const hidden = join(await collectedFolder(tmpFolder), randomBytes(8).toString('hex'));
  try {
    await rename(folderToRemove, hidden);
  } catch (error) {
    if (await exists(folderToRemove)) throw error;
    return;
  }
  await rm(hidden, { recursive: true, force: true });
}

async function* list(opened: Opened): AsyncIterable<Artifact & { usedMs: number }> {
  for (const group of await namesIn(opened.storeFolder))
    for (const key of await namesIn(join(opened.storeFolder, group))) {
      const place = folderOf(opened, key);
      const manifest = readManifest(place, key);
      const info = await stat(place).catch(() => undefined);
      if (manifest !== undefined && info !== undefined)
        yield { ...makeArtifact(place, manifest), usedMs: info.mtimeMs };
    }
}

async function collect(
  opened: Opened,
  { limitBytes, pinned, unusedSinceMs = opened.now() - touchEveryMs * 2 }: CollectOptions,
): Promise<{ freedBytes: number; removed: string[] }> {
  refuseReadOnly(opened);
  const all: (Artifact & { usedMs: number })[] = [];
  for await (const artifact of list(opened)) all.push(artifact);
  let bytes = all.reduce((sum, artifact) => sum + artifact.bytes, 0);
  const removed: string[] = [];
  let freedBytes = 0;
  const mayGo = all
    .filter(
      (artifact) => !pinned.has(artifact.key) && artifact.manifest.recomputable && artifact.usedMs < unusedSinceMs,
    )
    .sort((a, b) => a.usedMs - b.usedMs);
  for (const artifact of mayGo) {
    if (bytes <= limitBytes) break;
    await remove(opened, artifact.key);
    bytes -= artifact.bytes;
    freedBytes += artifact.bytes;
    removed.push(artifact.key);
  }
  return { freedBytes, removed };
}

async function remove(opened: Opened, key: string): Promise<void> {
  refuseReadOnly(opened);
  opened.known.delete(key);
  if (artifactKey.safeParse(key).success)
    await guardStoreAsync(opened.storeFolder, () => takeAway(opened, folderOf(opened, key)));
}

function refuseReadOnly({ folder, readOnly }: Opened): void {
  if (readOnly) throw storeProblem(Object.assign(new Error('read-only'), { code: 'EROFS' }), folder);
}

/** Results lie in folders by the first letters of their keys. */
const groupOf = (key: string): string => key.slice(0, 2);

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function touch(folder: string, nowMs: number): void {
  try {
    utimesSync(folder, nowMs / 1000, nowMs / 1000);
  } catch {
    // A store on a read-only medium serves all the same.
  }
}

/** Not recursive: the workspace itself is never made, and some file systems make Node try for ever. */
async function makeFolder(path: string): Promise<void> {
  if (!(await exists(path)))
    await mkdir(path).catch(async (error: unknown) => {
      if (!(await exists(path))) throw error;
    });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );
