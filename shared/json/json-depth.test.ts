import { expect, it } from 'vitest';
import { jsonDepth } from './json-depth.ts';

it.each([
  ['1', 0],
  ['{"a":[1,{"b":2}],"c":[]}', 3],
  ['["[[[","\\"[[","{"]', 1],
  ['['.repeat(1_000_000), 1_000_000],
])('tells how deep JSON is nested, signs within texts aside (case %#)', (text, depth) => {
  expect(jsonDepth(text)).toBe(depth);
});
