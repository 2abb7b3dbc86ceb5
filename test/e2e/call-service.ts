/** Another program that asks a service as the window says it can be asked. */
import { spawn, spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const hasCurl = spawnSync('curl', ['--version']).error === undefined;

/**
 * Runs the curl line that the window shows, in a shell, as a person who pastes it does. On a machine without curl or a POSIX shell the same request goes out by Node,
 * with address, headers and body read from the line.
 */
export async function callAsShown(line: string): Promise<unknown> {
  if (hasCurl && process.platform !== 'win32') {
    const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
    return JSON.parse(await text(child.stdout));
  }
  process.stdout.write('There is no curl here: the request goes out by Node.\n');
  const headers = Object.fromEntries(
    [...line.matchAll(/-H '([^:']+): ([^']*)'/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const body = (/-d '(.*)'\s*$/s.exec(line)?.[1] ?? '').replaceAll(String.raw`'\''`, "'");
  return await new Promise((resolve, reject) => {
    const ask = request(/https?:\S+/.exec(line)?.[0] ?? '', { method: 'POST', headers }, (answer) => {
      text(answer).then((found) => resolve(JSON.parse(found)), reject);
    });
    ask.once('error', reject);
    ask.end(body);
  });
}
