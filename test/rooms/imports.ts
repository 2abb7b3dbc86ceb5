/** The imports of our sources: read from their text, types and style sheets and what is loaded later among them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** More than this many source files at one level cannot be looked over. */
export const mostFilesInFolder = 25;
const rooms = ['shared', 'methods', 'nodes', 'engine', 'renderer/src', 'electron', 'cli'];
const isSource = (file: string): boolean =>
  /\.(tsx?|mjs|css)$/.test(file) &&
  !/\.(test|spec)\.tsx?$|\.test\.mjs$|\.as\.ts$|\.d\.m?ts$|(^|\/)fixtures\//.test(file);

/** Paths of all sources, from the repository's root. */
export const listSources = (root: string): string[] =>
  rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
      .filter(isSource),
  );

/** What a file imports of ours, in any way. */
export function importsOf(root: string, file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:^|[\s;}(])(?:from|import)\s*\(?\s*['"](\.[^'"\n$,]+)['"]/g)]
    .map((match) => normalize(join(dirname(file), match[1] ?? '')).replaceAll('\\', '/'))
    .filter((target) => existsSync(join(root, target)));
}

/** The files of a circle, its first one again at the end. */
export function findCircle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of edges.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}

export function fullFolders(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files.filter((f) => !f.endsWith('.css')))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > mostFilesInFolder).map(([folder]) => folder);
}

/** Why one file below `base` may not import another, by the rows of its rooms; undefined when it may. */
export function judgeRooms(
  base: string,
  order: readonly (readonly string[])[],
  file: string,
  target: string,
): string | undefined {
  if (!file.startsWith(`${base}/`) || !target.startsWith(`${base}/`)) return undefined;
  const roomOf = (path: string): string => path.slice(base.length + 1).split('/')[0] ?? '';
  const rowOf = (room: string): number => order.findIndex((row) => row.includes(room));
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === to) return undefined;
  if (rowOf(from) < 0) return `${base}/${from} has no row in test/rooms/`;
  return rowOf(to) >= 0 && rowOf(to) < rowOf(from) ? undefined : `${file} may not import ${target}`;
}
