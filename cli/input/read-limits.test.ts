import { expect, it } from 'vitest';
import type { CommandInput } from '../commands/command.ts';
import { memoryAhead, readLimits, secondsAhead } from './read-limits.ts';

const input = (options: Record<string, string>): CommandInput => ({
  positionals: [],
  text: (option) => options[option],
  texts: () => [],
  flag: () => false,
});

it('limits are read in the units that people write', () => {
  expect(readLimits(input({ memory: '1.5GB', 'time-limit': '15m', 'temp-limit': '20 gb' }))).toEqual({
    memoryBytes: 1.5 * 2 ** 30,
    seconds: 900,
    tempBytes: 20 * 2 ** 30,
  });
  expect(readLimits(input({}))).toEqual({});
  expect([['--memory', '1GB'], ['--memory=1GB'], []].map(memoryAhead)).toEqual([2 ** 30, 2 ** 30, undefined]);
  expect(
    [['--time-limit', '2m'], ['--time-limit=90s'], ['--time-limit'], ['--time-limit=soon'], []].map(secondsAhead),
  ).toEqual([120, 90, undefined, undefined, undefined]);
});

it.each([
  ['memory', 'much'],
  ['memory', '1MB'],
  ['memory', '9000GB'],
  ['memory', '4'],
  ['time-limit', '0s'],
  ['time-limit', 'soon'],
  ['temp-limit', '-1GB'],
])('a limit that is none is refused: --%s %s', (option, value) => {
  expect(() => readLimits(input({ [option]: value }))).toThrow(`--${option} takes`);
});
