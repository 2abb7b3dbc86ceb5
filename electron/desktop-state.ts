import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

const bounds = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });
export type Bounds = z.output<typeof bounds>;

const windowPlace = z.object({ bounds, maximized: z.boolean() });
export type WindowPlace = z.output<typeof windowPlace>;

const desktopState = z.object({ workspace: z.string().optional(), window: windowPlace.optional() });
export type DesktopState = z.output<typeof desktopState>;

/** What the desktop remembers between two starts. Without it, or when it cannot be read, the app starts as if new. */
export function readDesktopState(file: string): DesktopState {
  try {
    return desktopState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Nothing of a person's work is in it: a broken file costs the window's place, and is written anew.
    return {};
  }
}

export function writeDesktopState(file: string, state: DesktopState): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, JSON.stringify(state));
  renameSync(`${file}.tmp`, file);
}

const usual = { width: 1440, height: 900 };
/** Of a title bar, so that it can be dragged back. */
const visibleEdge = 100;

/**
 * Where the window opens: at its last place when enough of it lies on a display that is there now, else in the usual size
 * where the system puts it.
 */
export function placeWindow(
  last: WindowPlace | undefined,
  displays: readonly Bounds[],
): Partial<Bounds> & typeof usual {
  if (last === undefined) return usual;
  const { x, y, width } = last.bounds;
  const isReachable = displays.some(
    (area) =>
      x + width >= area.x + visibleEdge &&
      x <= area.x + area.width - visibleEdge &&
      y >= area.y &&
      y <= area.y + area.height - visibleEdge,
  );
  return isReachable ? last.bounds : usual;
}
