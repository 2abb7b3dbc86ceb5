import { expect, test } from 'vitest';
import { ciWord } from './ci-word.ts';

test.each([
  [undefined, 'false'],
  ['', 'false'],
  ['0', 'false'],
  ['False', 'false'],
  ['1', 'true'],
  ['woodpecker', 'true'],
])('CI=%s is %s', (value, word) => expect(ciWord(value)).toBe(word));
