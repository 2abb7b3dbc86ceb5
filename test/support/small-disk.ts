/** For tests, on Linux as root: a disk of its own size that can really be full. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  folder: string;
  /** Takes so many bytes away; all that are left when there are fewer. */
  fill: (bytes: number) => void;
  makeRoom: () => void;
  resize: (kilobytes: number) => void;
  remove: () => void;
}

export function mountSmallDisk(kilobytes: number): SmallDisk {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-disk-')));
  const size = (kb: number): string => `size=${kb}k`;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', size(kilobytes), 'tmpfs', folder], { stdio: 'ignore' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: (bytes) => {
      try {
        writeFileSync(filler, Buffer.alloc(bytes));
      } catch {
        // The disk is full now, as it should be.
      }
    },
    makeRoom: () => rmSync(filler),
    resize: (kb) => execFileSync('mount', ['-o', `remount,${size(kb)}`, folder]),
    remove: () => {
      // Lazily: a process that has just done its work may not be quite gone.
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Undefined when disks can be mounted here, else why not: the reason that a skipped test gives. */
export function whyNoDisk(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is mounted on Linux alone';
  if (process.getuid?.() !== 0) return 'only root mounts a disk';
  try {
    mountSmallDisk(64).remove();
    return undefined;
  } catch {
    return 'this machine lets nobody mount a disk';
  }
}
