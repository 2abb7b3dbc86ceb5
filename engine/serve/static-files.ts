/** The built window as files: nothing outside its folder, the right type, hashed names for ever, compressed where the build left a compressed twin. */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

/** Answers with a file of the folder; false when there is none of that name. */
export async function sendFile(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  const found = await findFile(folder, path);
  if (found === undefined) return false;
  const type = types[extname(found)] ?? 'application/octet-stream';
  const accepted = String(request.headers['accept-encoding'] ?? '');
  let place = found;
  for (const { name, ending } of encodings) {
    if (
      !accepted.includes(name) ||
      (await findFile(folder, `${path === '/' ? '/index.html' : path}${ending}`)) === undefined
    )
      continue;
    place = `${found}${ending}`;
    response.setHeader('Content-Encoding', name);
    break;
  }
  const { size } = await stat(place);
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', size);
  response.setHeader('Vary', 'Accept-Encoding');
  // The build puts a hash of the content into each name under assets/.
  response.setHeader(
    'Cache-Control',
    path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
  );
  response.writeHead(200);
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(place), response);
  return true;
}

/** The real path of a plain file inside the folder, links followed; nothing for everything else. */
async function findFile(folder: string, path: string): Promise<string | undefined> {
  if (path.includes('\0') || path.includes('\\')) return undefined;
  try {
    const root = await realpath(folder);
    const found = await realpath(join(root, path === '/' ? 'index.html' : path));
    return found.startsWith(root + sep) && (await stat(found)).isFile() ? found : undefined;
  } catch {
    return undefined;
  }
}
