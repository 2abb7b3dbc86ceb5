/**
 * The new value, with every part that equals the old one replaced by the old one itself. A view that looks at an unchanged part then sees
 * the same object and is not drawn again.
 */
export function reuse<T>(old: T | undefined, next: T): T;
export function reuse(old: unknown, next: unknown): unknown {
  if (Object.is(old, next) || old === null || next === null || typeof old !== 'object' || typeof next !== 'object')
    return next;
  if (Array.isArray(next)) {
    if (!Array.isArray(old)) return next;
    const items = next.map((item: unknown, i) => reuse<unknown>(old[i], item));
    return items.length === old.length && items.every((item, i) => item === old[i]) ? old : items;
  }
  if (Array.isArray(old)) return next;
  const before = new Map<string, unknown>(Object.entries(old));
  const entries = Object.entries(next).map(([key, value]): [string, unknown] => [
    key,
    reuse<unknown>(before.get(key), value),
  ]);
  return entries.length === before.size && entries.every(([key, value]) => before.has(key) && before.get(key) === value)
    ? old
    : Object.fromEntries(entries);
}
