/**
 * White space as Python's `str.split` and `str.strip` know it. JavaScript's `\s` differs: it takes the byte-order mark (U+FEFF) for a space, and does not
 * take the separators U+001C to U+001F and the next-line sign U+0085. sacreBLEU's values hang on this.
 */
const separators = String.fromCharCode(0x1c, 0x1d, 0x1e, 0x1f);
const space = String.raw`[\p{White_Space}${separators}]`;
const runs = new RegExp(`${space}+`, 'u');
const severalSpaces = new RegExp(`${space}{2,}`, 'gu');
const leading = new RegExp(`^${space}+`, 'u');
const one = new RegExp(space, 'u');

/** The words between white space; none for an empty text. */
export function splitWords(text: string): string[] {
  return text.split(runs).filter((word) => word !== '');
}

export const withoutSpace = (text: string): string => splitWords(text).join('');

/** By a loop from the end: a regular expression for it would take quadratic time on a text of many spaces. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && one.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

export const trim = (text: string): string => trimEnd(text.replace(leading, ''));

/** Runs of two and more become one space; a single tab stays. */
export const joinRuns = (text: string): string => text.replace(severalSpaces, ' ');
