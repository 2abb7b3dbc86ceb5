/** Names of pipeline files. */
export const withEnding = (name: string): string =>
  /\.(pipeline\.json|flowyard)$/i.test(name) ? name : `${name.replace(/\.json$/i, '')}.pipeline.json`;

export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    // The ending says it.
    .replace(/(^|-)pipeline$/, '') || 'untitled';

export const suggestName = (title: string): string => `${slugOf(title)}.pipeline.json`;

/** A name that no file has yet. */
export function freeName(title: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const name = `${slugOf(title)}${n === 1 ? '' : `-${n}`}.pipeline.json`;
    if (!taken.has(name)) return name;
  }
}
