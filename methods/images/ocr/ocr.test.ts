import { describe, expect, it } from 'vitest';
import { decodeCtc } from './decode-ctc.ts';
import { findTextBoxes, inReadingOrder } from './find-text-boxes.ts';
import { detectorInput, recogniserInput } from './text-pixels.ts';

const settings = { threshold: 0.3, leastScore: 0.5, widen: 0, leastSide: 2 };
/** `#` is sure text, `+` doubtful, `.` none. */
const map = (rows: readonly string[]): [Float32Array, number, number] => [
  Float32Array.from(rows.join(''), (sign) => (sign === '#' ? 0.9 : sign === '+' ? 0.35 : 0.1)),
  rows[0]?.length ?? 0,
  rows.length,
];

describe('text boxes', () => {
  it('one for each group of places that touch, corners too', () => {
    const boxes = findTextBoxes(...map(['##...', '..##.', '.....', '...##', '...##']), settings);
    expect(boxes.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 4, 2],
      [3, 3, 2, 2],
    ]);
    expect(boxes.map((b) => b.score)).toEqual([expect.closeTo(0.9, 6), expect.closeTo(0.9, 6)]);
  });

  it('none for what is doubtful or too small', () => {
    expect(findTextBoxes(...map(['++++', '++++', '....', '#...']), settings)).toEqual([]);
  });

  it('are widened by area × ratio ÷ perimeter, within the map', () => {
    const [box] = findTextBoxes(...map(['......', '.####.', '.####.', '......']), { ...settings, widen: 1.5 });
    expect(box).toMatchObject({ x: 0, y: 0, width: 6, height: 4 });
  });

  it('are read line by line, each from the left', () => {
    const box = (name: string, x: number, y: number) => ({ name, x, y, width: 10, height: 10 });
    const lines = inReadingOrder([box('c', 5, 30), box('b', 40, 2), box('a', 0, 0), box('d', 30, 33)]);
    expect(lines.map((line) => line.map((b) => b.name))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });
});

describe('greedy CTC', () => {
  const steps = (...best: readonly [number, number][]): Float32Array =>
    Float32Array.from(best.flatMap(([sign, p]) => [0, 1, 2].map((k) => (k === sign ? p : (1 - p) / 2))));

  it('takes equal signs in a row once, and twice where a blank divides them', () => {
    const found = decodeCtc(steps([1, 0.9], [1, 0.8], [0, 0.9], [1, 0.7], [2, 0.6]), ['a', 'b']);
    expect(found).toEqual({ text: 'aab', confidence: expect.closeTo((0.9 + 0.7 + 0.6) / 3, 6) });
  });

  it('nothing but blanks is no text, of no confidence', () => {
    expect(decodeCtc(steps([0, 0.9], [0, 0.9]), ['a', 'b'])).toEqual({ text: '', confidence: 0 });
  });
});

describe('what the networks are fed', () => {
  const grey = (width: number, height: number, shade: number) => ({
    width,
    height,
    channels: 1,
    values: new Float32Array(width * height).fill(shade),
  });

  it('the finder: sides that 32 divides, never enlarged, blue first', () => {
    const red = { width: 100, height: 40, channels: 3, values: new Float32Array(100 * 40 * 3) };
    red.values.fill(1, 0, 4000);
    const { width, height, values } = detectorInput(red, 1600);
    expect([width, height]).toEqual([96, 32]);
    const area = width * height;
    expect(values[0]).toBeCloseTo(-0.485 / 0.229, 5);
    expect(values[area * 2]).toBeCloseTo((1 - 0.406) / 0.225, 5);
    expect(detectorInput(grey(3200, 1600, 1), 1600)).toMatchObject({ width: 1600, height: 800, channels: 3 });
  });

  it('the reader: strips of 48 pixels, cut at the edge of the image', () => {
    expect(recogniserInput(grey(100, 40, 1), { x: 90.5, y: 20, width: 40, height: 20 })).toMatchObject({
      width: 24,
      height: 48,
    });
  });
});
