/** A pattern of files: `sales/*.csv`. */
import { matchesGlob } from 'node:path';

const wild = /[*?[\]{}]/;

/** `sales/2024/*.parquet` → the folder before the first pattern, and what files in it must match. */
export function splitPattern(path: string): { folder: string; pattern: string | undefined } {
  const steps = path.replaceAll('\\', '/').split('/');
  const at = steps.findIndex((step) => wild.test(step));
  if (at < 0) return { folder: path, pattern: undefined };
  return {
    folder: steps.slice(0, at).join('/') || (path.startsWith('/') ? '/' : '.'),
    pattern: steps.slice(at).join('/'),
  };
}

export const fitsPattern = (path: string, pattern: string): boolean => matchesGlob(path, pattern);
