/**
 * Matches of a pattern that is known by its end. What begins with any number of letters costs the square of their number where a pattern is tried at each of
 * them; so the end is looked for, and the beginning from there backwards.
 */
export interface Beginning {
  /** The characters that may stand before the end, one of them at a time. */
  within: RegExp;
  /** Which of those it may begin with; `before` is the character before that one, '' at the beginning of the text. The first in the text is taken. */
  begins: (character: string, before: string) => boolean;
}

export interface Found {
  start: number;
  found: string;
}

/** @param end a global pattern, no match of which holds the beginning of another */
export function* matchByEnd(text: string, end: RegExp, { within, begins }: Beginning): Generator<Found> {
  let free = 0;
  for (const match of text.matchAll(end)) {
    let start: number | undefined;
    for (let at = match.index; at > free;) {
      const character = characterBefore(text, at);
      if (!within.test(character)) break;
      at -= character.length;
      if (begins(character, characterBefore(text, at))) start = at;
    }
    if (start === undefined) continue;
    free = match.index + match[0].length;
    yield { start, found: text.slice(start, free) };
  }
}

function characterBefore(text: string, at: number): string {
  const isPair = /[\udc00-\udfff]/.test(text[at - 1] ?? '') && /[\ud800-\udbff]/.test(text[at - 2] ?? '');
  return text.slice(Math.max(0, at - (isPair ? 2 : 1)), at);
}
