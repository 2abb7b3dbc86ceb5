import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ServedApp extends AsyncDisposable {
  /** With its one-time token. */
  url: string;
  pid: number;
  workspace: string;
}

/** Starts the built app as `npm start` does, in a workspace of its own that goes with it. */
export async function serveApp(): Promise<ServedApp> {
  const root = join(import.meta.dirname, '..', '..');
  const workspace = await mkdtemp(join(tmpdir(), 'flowyard-app-'));
  const args = ['cli/main.ts', 'app', '--no-open', '--port', '0', '--workspace', workspace];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(workspace, { recursive: true, force: true });
  };
  const firstLine = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const said = await Promise.race([firstLine, ended.then(() => '')]);
  const url = /https?:\S+/.exec(said)?.[0] ?? '';
  if (!URL.canParse(url) || child.pid === undefined) {
    await stop();
    throw new Error(`The app printed no address but: ${JSON.stringify(said)}`);
  }
  return { url, pid: child.pid, workspace, [Symbol.asyncDispose]: stop };
}
