/** Values put behind others one by one: `push(...values)` hands each over as an argument, and from about 100,000 on the stack is full. */
export function append<T>(to: T[], values: Iterable<T>): void {
  for (const value of values) to.push(value);
}

/** The smallest of any number of values; Infinity where there is none, as `Math.min()` has it. */
export function smallest(values: Iterable<number>): number {
  let found = Infinity;
  for (const value of values) found = Math.min(found, value);
  return found;
}

/** The largest of any number of values; -Infinity where there is none. */
export function largest(values: Iterable<number>): number {
  let found = -Infinity;
  for (const value of values) found = Math.max(found, value);
  return found;
}
