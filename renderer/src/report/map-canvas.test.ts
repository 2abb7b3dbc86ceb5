import { expect, test } from 'vitest';
import { paintSurface, paintValues, readRgb, type MapColors } from './map-canvas.ts';

const colors: MapColors = {
  ground: [0, 0, 0],
  above: [200, 0, 0],
  below: [0, 0, 200],
  classes: [
    [255, 0, 0],
    [0, 255, 0],
  ],
};

test('colours are read as the browser writes them', () => {
  expect([readRgb('rgb(1, 22, 3)'), readRgb('rgb(1 22 3 / 0.5)').slice(0, 3)]).toEqual([
    [1, 22, 3],
    [1, 22, 3],
  ]);
});
test('values have the colour of their side, as strong as they are large', () => {
  expect([...paintValues([2, -1, 0], 2, colors)]).toEqual([200, 0, 0, 255, 0, 0, 100, 255, 0, 0, 0, 255]);
  expect([...paintValues([0], 0, colors)]).toEqual([0, 0, 0, 255]);
});
test('the highest y of a surface is on top', () => {
  const block = {
    type: 'surface' as const,
    title: '',
    x: { title: 'x', from: 0, to: 1 },
    y: { title: 'y', from: 0, to: 1 },
    columns: 1,
    rows: 2,
    classes: ['a', 'b'],
    winner: [0, 1],
    sure: [1, 1],
    points: { x: [], y: [], class: [] },
    caption: '',
  };
  const [top, bottom] = [paintSurface(block, colors).slice(0, 3), paintSurface(block, colors).slice(4, 7)];
  expect([top[0], (top[1] ?? 0) > 100, (bottom[0] ?? 0) > 100, bottom[1]]).toEqual([0, true, true, 0]);
});
