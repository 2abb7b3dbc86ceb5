/** Which file each row of a list means. */
import type { SourceFolderFile } from '../../../shared/source/source-folder.ts';

/** Slashes of either kind, a leading `./`, and the ending may be left out where one file alone has that name. */
export function fileFinder(files: readonly SourceFolderFile[]): (name: string) => SourceFolderFile | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const byStem = new Map<string, SourceFolderFile | undefined>();
  for (const file of files) {
    const stem = file.path.replace(/\.[^./]*$/, '');
    byStem.set(stem, byStem.has(stem) ? undefined : file);
  }
  return (name) => {
    const path = name
      .trim()
      .replaceAll('\\', '/')
      .replace(/^\.?\//, '');
    return byPath.get(path) ?? byStem.get(path);
  };
}
