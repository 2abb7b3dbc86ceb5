/**
 * Who computes a result, while it is computed: `.flowyard/claims/<key>.json` names the process. Another run that needs the same result waits for it, and takes over
 * when that process is gone without having made it. A claim is a courtesy: losing one costs a second computation, never a wrong result.
 */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess, isAlive, processIdentity } from '../process-identity.ts';

const lookEveryMs = 100;
/** A claim without a text may be written this moment. */
const unsignedGraceMs = 2000;

export interface Claim {
  release: () => Promise<void>;
}
export interface ClaimOptions {
  /** The workspace's `.flowyard`. */
  folder: string;
  key: string;
  /** Whether the result has come meanwhile: nobody needs to compute it any more. */
  isThere: () => boolean;
  /** Told once, when there is somebody to wait for. */
  onWait: () => void;
  signal: AbortSignal;
}

/** The right to compute, or nothing when the result came from elsewhere. Fails with the signal's reason when the run is cancelled. */
export async function claim({ folder, key, isThere, onWait, signal }: ClaimOptions): Promise<Claim | undefined> {
  const claims = join(folder, 'claims');
  const path = join(claims, `${key}.json`);
  await mkdir(claims, { recursive: true });
  for (let waited = false; ; waited = true) {
    signal.throwIfAborted();
    if (isThere()) return undefined;
    const taken = await writeFile(path, JSON.stringify(identifyProcess()), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (taken) return { release: () => rm(path, { force: true }) };
    if (!(await isHeld(path))) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) onWait();
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

async function isHeld(path: string): Promise<boolean> {
  try {
    const owner = processIdentity.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return owner.success && isAlive(owner.data);
  } catch {
    const info = await stat(path).catch(() => undefined);
    return info !== undefined && Date.now() - info.mtimeMs < unsignedGraceMs;
  }
}
