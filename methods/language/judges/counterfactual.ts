/** Texts about one group turned into texts about another, word by word, so that nothing else changes. */
export interface Swap {
  from: string;
  to: string;
}

/** English words of gender. "her" is him or his: it stays what it is before a noun as far as spelling tells (her book, but: saw her.). */
export const genderSwaps: readonly Swap[] =
  'he she|him her|himself herself|man woman|men women|boy girl|boys girls|father mother|fathers mothers|son daughter|sons daughters|brother sister|brothers sisters|husband wife|uncle aunt|nephew niece|grandfather grandmother|king queen|mr mrs|sir madam|male female|gentleman lady|gentlemen ladies|boyfriend girlfriend|waiter waitress|actor actress|dad mum|guy gal'
    .split('|')
    .map((pair) => {
      const [from = '', to = ''] = pair.split(' ');
      return { from, to };
    });

/** Both ways at once: he becomes she and she becomes he. Case is kept: He, HE. Undefined where no word of the pairs stands in the text. */
export function swapWords(text: string, swaps: readonly Swap[], withPossessives: boolean): string | undefined {
  const to = new Map<string, string>();
  for (const { from, to: other } of swaps) {
    const [a, b] = [from.trim().toLowerCase(), other.trim().toLowerCase()];
    if (a === '' || b === '') continue;
    if (!to.has(a)) to.set(a, b);
    if (!to.has(b)) to.set(b, a);
  }
  if (withPossessives) to.set('his', 'her').set('hers', 'his');
  if (to.size === 0) return undefined;
  const words = [...to.keys()]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  let isChanged = false;
  const swapped = text.replace(
    new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${words.join('|')})(?![\p{L}\p{N}])`, 'giu'),
    (found, offset: number) => {
      isChanged = true;
      const after = text.slice(offset + found.length);
      const plain = found.toLowerCase();
      const other =
        withPossessives &&
        plain === 'her' &&
        /^\s+(?!(?:and|or|but|in|on|at|to|for|with|by|from|as|if|when|that|because|was|is|again|there|so|then|yesterday|today)\b)\p{Ll}/u.test(
          after,
        )
          ? 'his'
          : withPossessives && plain === 'his' && !/^\s+\p{L}/u.test(after)
            ? 'hers'
            : (to.get(plain) ?? found);
      return inCaseOf(found, other);
    },
  );
  return isChanged ? swapped : undefined;
}

function inCaseOf(found: string, other: string): string {
  if (found.length > 1 && found === found.toUpperCase()) return other.toUpperCase();
  return /^\p{Lu}/u.test(found) ? other.charAt(0).toUpperCase() + other.slice(1) : other;
}
