import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';

const manifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).optional(),
    css: z.array(z.string()).optional(),
  }),
);

/**
 * What a browser loads before anything lazy: the entry, what it imports statically, and their styles.
 * @returns sizes in bytes, gzipped, largest first
 */
export function measureFirstLoad(rendererFolder: string): { file: string; gzippedBytes: number }[] {
  const chunks = manifest.parse(JSON.parse(readFileSync(join(rendererFolder, '.vite', 'manifest.json'), 'utf8')));
  const files = new Set<string>();
  const visited = new Set<string>();
  const visit = (key: string): void => {
    const chunk = chunks[key];
    if (chunk === undefined || visited.has(key)) return;
    visited.add(key);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    chunk.imports?.forEach(visit);
  };
  for (const [key, { isEntry }] of Object.entries(chunks)) if (isEntry === true) visit(key);
  return [...files]
    .map((file) => ({ file, gzippedBytes: gzipSync(readFileSync(join(rendererFolder, file)), { level: 9 }).length }))
    .sort((a, b) => b.gzippedBytes - a.gzippedBytes);
}
