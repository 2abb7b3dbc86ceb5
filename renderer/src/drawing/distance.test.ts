import { expect, it } from 'vitest';
import { distance, farTextPx } from './distance.ts';

it('draws less of a card the further away it is, in few steps', () => {
  expect([1, 0.5, 0.49, 0.4, 0.3, 0.16, 0.15, 0.1].map(distance)).toEqual([
    'near',
    'near',
    0.5,
    0.42,
    0.35,
    0.2,
    0.2,
    'block',
  ]);
  expect([1, 0.5, 0.35, 0.2].map(farTextPx)).toEqual([11, 21, 30, 30]);
});
