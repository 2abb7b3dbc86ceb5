import { expect, test } from 'vitest';
import { moveInWords, moveOn, sayAllMoves } from './wire-move.ts';

const placed = (isKnown: boolean) => ({
  target: 'lab',
  there: ['train'],
  moves: [{ node: 'rows', port: 'rows', to: 'there' as const, bytes: 1_200_000, isKnown, isFile: false }],
});

test('what is not known is said in words: about so much', () => {
  type Placed = Parameters<typeof sayAllMoves>[0];
  expect(sayAllMoves(placed(false) as unknown as Placed)).toBe('about 1.2 MB to lab');
  expect(sayAllMoves(placed(true) as unknown as Placed)).toBe('1.2 MB to lab');
  const short = moveOn(placed(false) as unknown as Placed, 'rows', 'train') ?? '';
  expect(moveInWords(short, 'lab')).toBe('about 1.2 MB move to lab');
});
