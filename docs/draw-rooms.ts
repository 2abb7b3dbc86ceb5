/**
 * Draws which room imports which, from the imports themselves: `docs/rooms/engine.svg` and `window.svg`, written by `npm run docs` and held to the code by
 * `test/rooms/pictures.test.ts`. A staircase, as a design structure matrix is: arrows among thirty rooms could not be told apart.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { engineRooms } from '../test/rooms/engine.ts';
import { importsOf, listSources } from '../test/rooms/imports.ts';
import { windowRooms } from '../test/rooms/window.ts';

const root = join(import.meta.dirname, '..');

/** The side of a step, in pixels. */
const cell = 18;
const left = 34;
const top = 16;
const letter = 7;

interface Drawn {
  file: string;
  base: string;
  /** Lowest first. */
  order: readonly (readonly string[])[];
}
const pictures: readonly Drawn[] = [
  { file: 'docs/rooms/engine.svg', base: 'engine', order: engineRooms },
  { file: 'docs/rooms/window.svg', base: 'renderer/src', order: windowRooms },
];

/** `from` and `to` of every import from one room below `base` to another. */
function importsAmong(base: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const roomOf = (file: string): string => file.slice(base.length + 1).split('/')[0] ?? '';
  const isInside = (file: string): boolean => file.startsWith(`${base}/`);
  return new Set(
    [...edges]
      .filter(([file]) => isInside(file))
      .flatMap(([file, targets]) => targets.filter(isInside).map((target) => `${roomOf(file)} ${roomOf(target)}`)),
  );
}

function draw({ base, order }: Drawn, imports: ReadonlySet<string>): string {
  const rooms = order.flat();
  const longest = Math.max(...rooms.map((room, i) => left + (i + 1) * cell + 8 + room.length * letter));
  const [width, height] = [longest + 12, top * 2 + rooms.length * cell];
  const y = (i: number): number => top + i * cell;
  const x = (i: number): number => left + i * cell;
  const rows = order.map((row, r) => {
    const begin = rooms.indexOf(row[0] ?? '');
    const size = row.length * cell;
    return [
      `<rect class="row${r % 2}" x="8" y="${y(begin)}" width="${width - 16}" height="${size}" rx="4"/>`,
      `<rect class="step" x="${x(begin)}" y="${y(begin)}" width="${size}" height="${size}" rx="4"/>`,
      `<text class="number" x="${left - 8}" y="${y(begin) + cell - 5}">${r + 1}</text>`,
    ].join('');
  });
  const guides = rooms.map(
    (_, i) =>
      `<path class="guide" d="M${left} ${y(i) + cell / 2}H${x(i) + cell / 2}V${y(rooms.length - 1) + cell / 2}"/>`,
  );
  const dots = rooms.flatMap((from, i) =>
    rooms.flatMap((to, k) =>
      from !== to && imports.has(`${from} ${to}`)
        ? [`<circle class="dot" cx="${x(k) + cell / 2}" cy="${y(i) + cell / 2}" r="4.5"/>`]
        : [],
    ),
  );
  const names = rooms.map((room, i) => `<text x="${x(i) + cell + 8}" y="${y(i) + cell - 5}">${room}</text>`);
  const corners = rooms.map(
    (_, i) => `<rect class="corner" x="${x(i) + 4}" y="${y(i) + 4}" width="${cell - 8}" height="${cell - 8}" rx="2"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Which room of ${base} imports which">`,
    '<style>',
    'text{font:12px ui-sans-serif,system-ui,sans-serif;fill:#1f2328}.number{fill:#656d76;text-anchor:end}',
    '.ground{fill:#fff;stroke:#d0d7de}.row0{fill:#f6f8fa}.row1{fill:#fff}.step{fill:#dfe5ec}.corner{fill:#8c959f}.guide{fill:none;stroke:#c9d1d9;stroke-width:.75}.dot{fill:#0969da}',
    '@media(prefers-color-scheme:dark){text{fill:#e6edf3}.number{fill:#8d96a0}.ground{fill:#0d1117;stroke:#30363d}.row0{fill:#161b22}.row1{fill:#0d1117}.step{fill:#2b323b}.corner{fill:#7d8590}.guide{stroke:#3a424d}.dot{fill:#58a6ff}}',
    '</style>',
    `<rect class="ground" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...rows,
    ...guides,
    ...dots,
    ...corners,
    ...names,
    '</svg>',
    '',
  ].join('\n');
}

/** The text of each picture, by its file. */
export function roomPictures(): Map<string, string> {
  const edges = new Map(listSources(root).map((file) => [file, importsOf(root, file)]));
  return new Map(pictures.map((picture) => [picture.file, draw(picture, importsAmong(picture.base, edges))]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const [file, text] of roomPictures()) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
