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

/** The Euclidean length of a vector of any size: `Math.hypot` to the bit, which scales by the largest value and carries what a sum loses. */
export function lengthOf(vector: Iterable<number>): number {
  let top = 0;
  for (const value of vector) {
    if (Number.isNaN(value)) return Number.NaN;
    top = Math.max(top, Math.abs(value));
  }
  if (top === 0 || top === Infinity) return top;
  let [sum, lost] = [0, 0];
  for (const value of vector) {
    const share = Math.abs(value) / top;
    const term = share * share - lost;
    const next = sum + term;
    lost = next - sum - term;
    sum = next;
  }
  return Math.sqrt(sum) * top;
}
