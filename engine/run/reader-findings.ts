/**
 * What readers found in their files, by recipe: told again by every run that needs their rows and does not look again, since what follows them is in the
 * cache. A file for each recipe, so that runs at one time do not write over each other's. Losing one costs a sentence, nothing else.
 */
import { readdir, readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { problem, type Problem } from '../../shared/errors.ts';
import type { Instance } from '../graph/instance.ts';
import { replaceFile } from '../files/durable-write.ts';
import { removeOldFiles } from '../files/remove-old-files.ts';

/** Nobody comes back to it any more. */
const keptMs = 30 * 24 * 3600 * 1000;
const folderOf = (flowyardFolder: string): string => join(flowyardFolder, 'warnings');

export async function recallFindings(
  flowyardFolder: string,
  { key, node }: Instance,
  nowMs: number,
): Promise<Problem[]> {
  if (key === null) return [];
  const path = join(folderOf(flowyardFolder), `${key}.json`);
  try {
    const kept = z.array(problem).parse(JSON.parse(await readFile(path, 'utf8')));
    await utimes(path, nowMs / 1000, nowMs / 1000);
    return kept.map((p) => ({ ...p, node: node.id }));
  } catch {
    // Nothing was found, or it cannot be read: then nothing is told again.
    return [];
  }
}

/** What was found now takes the place of what was found before. */
export async function keepFindings(
  flowyardFolder: string,
  readers: Iterable<Instance>,
  found: readonly Problem[],
): Promise<void> {
  const folder = folderOf(flowyardFolder);
  const before = new Set(await readdir(folder).catch(() => []));
  for (const { key, node, sources } of readers) {
    if (key === null || sources.length === 0) continue;
    const name = `${key}.json`;
    const own = found.filter((p) => p.node === node.id && p.severity === 'warning');
    // A run goes on, whether this has room or not.
    if (own.length > 0) await replaceFile(join(folder, name), JSON.stringify(own)).catch(() => undefined);
    else if (before.has(name)) await rm(join(folder, name), { force: true });
  }
}

/** What no run has needed for a month. */
export const removeOldFindings = (flowyardFolder: string, nowMs: number): Promise<void> =>
  removeOldFiles(folderOf(flowyardFolder), keptMs, nowMs);
