/** n-grams and how often each stands in a text. */
export type Counts = Map<string, number>;

/** Words never hold a space, so that a space between them keeps n-grams apart; characters are joined by nothing, each being one code point. */
export function countNgrams(units: readonly string[], order: number, between: ' ' | ''): Counts {
  const counts: Counts = new Map();
  for (let start = 0; start + order <= units.length; start++) {
    let gram = units[start] ?? '';
    for (let next = 1; next < order; next++) gram += between + (units[start + next] ?? '');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

export function totalOf(counts: Counts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** How many n-grams both have, each counted at most as often as in the one that has it less. */
export function overlap(a: Counts, b: Counts): number {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const [gram, count] of few) shared += Math.min(count, many.get(gram) ?? 0);
  return shared;
}
