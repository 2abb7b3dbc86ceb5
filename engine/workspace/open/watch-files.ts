/** Looks at files every second or two, which works on every kind of disk. A file is read when its stamp is another than when it was read last. */
import { stat } from 'node:fs/promises';
import { readPipeline, type PipelineOnDisk } from '../pipeline-files.ts';
import { resolveInWorkspace } from '../workspace-files.ts';

export interface FileWatch {
  /** Now, for one file; again for as long as `paths` names it. */
  look: (path: string) => Promise<void>;
  stop: () => void;
}
interface Options {
  workspace: string;
  paths: () => Iterable<string>;
  /** Whether it was taken: else it is offered with the next look. */
  onRead: (path: string, onDisk: PipelineOnDisk) => boolean;
}

const everyMs = 1500;

export function watchFiles({ workspace, paths, onRead }: Options): FileWatch {
  const stamps = new Map<string, string>();
  let isLooking = false;

  async function look(path: string): Promise<void> {
    try {
      const stamp = await stampOf(workspace, path);
      if (stamps.get(path) === stamp) return;
      const onDisk = await readPipeline(workspace, path);
      // Written meanwhile: the next look reads it whole.
      if ((await stampOf(workspace, path)) === stamp && onRead(path, onDisk)) stamps.set(path, stamp);
    } catch {
      // It is gone, or no pipeline (half written): what is open stays, and saving says so.
    }
  }
  async function lookAtAll(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const all = new Set(paths());
    for (const path of stamps.keys()) if (!all.has(path)) stamps.delete(path);
    await Promise.all([...all].map(look));
    isLooking = false;
  }
  const timer = setInterval(() => void lookAtAll(), everyMs);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}

async function stampOf(workspace: string, path: string): Promise<string> {
  const { mtimeNs, size, ino } = await stat(await resolveInWorkspace(workspace, path), { bigint: true });
  return `${mtimeNs} ${size} ${ino}`;
}
