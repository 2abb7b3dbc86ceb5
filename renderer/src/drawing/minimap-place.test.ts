import { expect, test } from 'vitest';
import { minimapCorner, type Rect } from './minimap-place.ts';

/** The canvas of a window of 1280 × 720 with all panels. */
const frame = { width: 709, height: 381 };
const card = (x: number, y: number): Rect => ({ x, y, width: 134, height: 60 });
const outside = card(900, 40);

test('the overview is not there while everything is in sight', () => {
  expect(minimapCorner([card(40, 40), card(560, 300)], frame, 'bottom-right')).toBeNull();
  expect(minimapCorner([], frame, null)).toBeNull();
});

test('it lies at the lower right, or in the first corner where it covers no card', () => {
  expect(minimapCorner([card(40, 200), outside], frame, null)).toBe('bottom-right');
  expect(minimapCorner([card(560, 300), outside], frame, null)).toBe('top-right');
  expect(minimapCorner([card(560, 300), card(560, 20), outside], frame, null)).toBe('top-left');
});

test('it stays where it is as long as it covers nothing', () => {
  expect(minimapCorner([card(40, 200), outside], frame, 'top-right')).toBe('top-right');
  expect(minimapCorner([card(560, 20), outside], frame, 'top-right')).toBe('bottom-right');
});

test('where cards are everywhere it covers as little as it can', () => {
  const full = [card(560, 300), card(400, 300), card(10, 10), card(600, 90), outside];
  expect(minimapCorner(full, frame, null)).toBe('top-right');
});
