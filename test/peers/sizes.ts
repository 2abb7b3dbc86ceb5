/** `npm run sizes`: one JSON line with what a person waits for and gives room to. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { measureFirstLoad } from './first-load.ts';
import { measureInteractive } from './measure-interactive.ts';
import { serveApp } from '../support/served-app.ts';

const interactive = await measureInteractive();
const startedMs = performance.now();
await using app = await serveApp();
await answered(app.url);
const startMs = performance.now() - startedMs;
// Long enough for what starts beside the host (previews, recovery) to be there and quiet.
await pause(5000);
const files = measureFirstLoad(join(import.meta.dirname, '..', '..', 'dist', 'renderer'));

console.log(
  JSON.stringify({
    rendererGzippedKb: round(files.reduce((sum, { gzippedBytes }) => sum + gzippedBytes, 0) / 1000),
    rendererFiles: Object.fromEntries(files.map(({ file, gzippedBytes }) => [file, round(gzippedBytes / 1000)])),
    startToFirstAnswerMs: Math.round(startMs),
    ...interactive,
    hostIdleMb: round(residentMb([app.pid])),
    allProcessesIdleMb: round(residentMb(withDescendants(app.pid))),
  }),
);

/** Asks as a browser does: the token becomes a cookie, then the page comes. */
async function answered(url: string): Promise<void> {
  const first = await fetch(url, { redirect: 'manual' });
  const cookie = first.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  const page = await fetch(new URL('/', url), { headers: { cookie } });
  if (!page.ok || !(await page.text()).includes('id="root"'))
    throw new Error(`The app answered ${page.status}, not its page.`);
}

function withDescendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child ?? 0);
  return [pid, ...children.flatMap(withDescendants)];
}

function residentMb(pids: number[]): number {
  const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', pids.join(',')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return kilobytes.reduce((sum, text) => sum + Number(text), 0) / 1024;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
