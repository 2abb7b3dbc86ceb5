import { join, normalize, sep } from 'node:path';
import { contentSecurityPolicy } from '../engine/serve/content-security-policy.ts';

/**
 * Answers `flowyard://app/…` with the files of the built window and nothing beside them.
 * @param root absolute folder of the built window
 * @param fetchFile reads a file by absolute path, from the archive of the packaged app too
 */
export function appResponder(
  root: string,
  fetchFile: (path: string) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
    const url = new URL(request.url);
    const path = fileFor(root, url.pathname);
    if (path === undefined) return refuse(400);
    if (url.host !== 'app' || !path.startsWith(root + sep)) return refuse(403);
    const found = await fetchFile(path).catch(() => refuse(404));
    const headers = new Headers(found.headers);
    headers.set('content-security-policy', contentSecurityPolicy);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('cross-origin-opener-policy', 'same-origin');
    return new Response(found.body, { status: found.status, headers });
  };
}

const refuse = (status: number): Response => new Response(null, { status });

/** Encoded dots and slashes are decoded first, so that what is judged is what would be read. */
function fileFor(root: string, pathname: string): string | undefined {
  try {
    const decoded = decodeURIComponent(pathname);
    return decoded.includes('\0') ? undefined : normalize(join(root, decoded === '/' ? 'index.html' : decoded));
  } catch {
    return undefined;
  }
}
