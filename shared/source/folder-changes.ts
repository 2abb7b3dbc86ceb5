/** A data set against the version that was read before. */
import type { SourceFolder } from './source-folder.ts';

export interface Changes {
  added: number;
  gone: number;
  changed: number;
}

export function whatChanged({ files, before }: Pick<SourceFolder, 'files' | 'before'>): Changes | undefined {
  if (before === null) return undefined;
  const now = new Set(files.map((file) => file.path));
  return {
    added: files.filter((file) => !before.has(file.path)).length,
    gone: [...before.keys()].filter((path) => !now.has(path)).length,
    changed: files.filter((file) => before.has(file.path) && before.get(file.path) !== file.sha256).length,
  };
}

/** "12 new, 3 gone, 1 changed" */
export function sayChanges(changes: Changes | undefined): string {
  if (changes === undefined) return 'read for the first time';
  const parts = [
    [changes.added, 'new'],
    [changes.gone, 'gone'],
    [changes.changed, 'changed'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0
    ? 'the same files as before'
    : parts.map(([n, word]) => `${n?.toLocaleString('en')} ${word}`).join(', ');
}
