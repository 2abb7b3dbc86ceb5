import { fault } from '../../shared/errors.ts';
import type { RandomGenerator } from './random-generator.ts';

/** Brings the values into a random order in place, every order equally likely (Fisher–Yates as in Knuth 3.4.2 P). Returns the same array. */
export function shuffle<Values extends { length: number; [index: number]: unknown }>(
  values: Values,
  random: RandomGenerator,
): Values {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.nextBelow(last + 1);
    const kept = values[last];
    values[last] = values[other];
    values[other] = kept;
  }
  return values;
}

/** The whole numbers 0 … count − 1 in a random order. */
export function permutation(count: number, random: RandomGenerator): Uint32Array {
  return shuffle(countFrom0(count), random);
}

/** `size` different numbers below `count` in ascending order, every set equally likely. */
export function sampleWithoutReplacement(count: number, size: number, random: RandomGenerator): Uint32Array {
  if (size > count)
    throw fault('random.sample-too-large', {
      message: `A sample of ${size} was asked from ${count}.`,
      facts: { size, count },
    });
  const numbers = countFrom0(count);
  for (let i = 0; i < size; i++) {
    const other = i + random.nextBelow(count - i);
    const kept = numbers[i] ?? 0;
    numbers[i] = numbers[other] ?? 0;
    numbers[other] = kept;
  }
  return numbers.slice(0, size).sort();
}

function countFrom0(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
