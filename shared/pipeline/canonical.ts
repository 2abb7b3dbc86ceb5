/** JSON with sorted keys: one text for one value, so that texts can be compared and hashed. */

/** One line with spaces after `{`, `,` and `:`. Keys in `first` come first, in that order. Throws on NaN, infinities and `undefined` inside arrays. */
export function canonicalJson(value: unknown, first: readonly string[] = []): string {
  return write(value, first, true);
}

/** The same without a space, for hashing. */
export function compactJson(value: unknown): string {
  return write(value, [], false);
}

function write(value: unknown, first: readonly string[], spaced: boolean): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${value} has no form in JSON`);
    return JSON.stringify(Object.is(value, -0) ? 0 : value);
  }
  if (Array.isArray(value))
    return `[${value.map((item: unknown) => write(item, first, spaced)).join(spaced ? ', ' : ',')}]`;
  if (typeof value === 'object') {
    const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
    const entries = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, v]) => `${JSON.stringify(key)}:${spaced ? ' ' : ''}${write(v, first, spaced)}`);
    if (entries.length === 0) return '{}';
    return spaced ? `{ ${entries.join(', ')} }` : `{${entries.join(',')}}`;
  }
  throw new Error(`a ${typeof value} has no form in JSON`);
}
