/**
 * From a map of probabilities "here is text" to boxes, as PP-OCR's differentiable binarization does (Liao et al. 2020, https://arxiv.org/abs/1911.08947): places over a
 * threshold that touch belong together; a group's box is widened again, because the network was taught shrunken letters. Boxes stand upright: text that runs
 * slanted is found, with more around it.
 */
export interface TextBox {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Mean probability within the group, 0 to 1. */
  score: number;
}
export interface BoxSettings {
  /** A place counts as text from here. */
  threshold: number;
  /** Groups of a lower mean are noise. */
  leastScore: number;
  /** How far a box is widened: area × ratio ÷ perimeter, in pixels. */
  widen: number;
  /** Shorter sides, in pixels of the map, are no text. */
  leastSide: number;
}
export const usualBoxes: BoxSettings = { threshold: 0.3, leastScore: 0.5, widen: 1.8, leastSide: 3 };

/** @param map shape [height, width] */
export function findTextBoxes(
  map: Float32Array,
  width: number,
  height: number,
  settings: BoxSettings = usualBoxes,
): TextBox[] {
  const seen = new Uint8Array(width * height);
  const boxes: TextBox[] = [];
  for (let start = 0; start < map.length; start++) {
    if (seen[start] === 1 || (map[start] ?? 0) <= settings.threshold) continue;
    const group = spread(map, width, height, start, seen, settings.threshold);
    if (group.width < settings.leastSide || group.height < settings.leastSide) continue;
    if (group.score < settings.leastScore) continue;
    boxes.push(widened(group, width, height, settings.widen));
  }
  return boxes;
}

/** The places that touch `start`, by their sides or corners. */
function spread(
  map: Float32Array,
  width: number,
  height: number,
  start: number,
  seen: Uint8Array,
  threshold: number,
): TextBox {
  const open = [start];
  seen[start] = 1;
  let [left, right, top, bottom] = [width, -1, height, -1];
  let [sum, count] = [0, 0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    sum += map[at] ?? 0;
    count++;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const next = ny * width + nx;
        if (seen[next] === 1 || (map[next] ?? 0) <= threshold) continue;
        seen[next] = 1;
        open.push(next);
      }
  }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1, score: sum / count };
}

function widened(box: TextBox, width: number, height: number, ratio: number): TextBox {
  const by = (box.width * box.height * ratio) / (2 * (box.width + box.height));
  const x = Math.max(0, box.x - by);
  const y = Math.max(0, box.y - by);
  return {
    ...box,
    x,
    y,
    width: Math.min(width, box.x + box.width + by) - x,
    height: Math.min(height, box.y + box.height + by) - y,
  };
}

/** As one reads: line by line from the top, each from the left. A box belongs to a line when their middles are closer than half the lower of both. */
export function inReadingOrder<T extends Pick<TextBox, 'x' | 'y' | 'width' | 'height'>>(boxes: readonly T[]): T[][] {
  const lines: T[][] = [];
  const middle = (box: T): number => box.y + box.height / 2;
  for (const box of boxes.toSorted((a, b) => middle(a) - middle(b) || a.x - b.x)) {
    const line = lines.at(-1);
    const last = line?.at(-1);
    const isSame = last !== undefined && middle(box) - middle(last) < Math.min(box.height, last.height) / 2;
    if (isSame) line?.push(box);
    else lines.push([box]);
  }
  return lines.map((line) => line.sort((a, b) => a.x - b.x));
}
