/**
 * Personal data in texts, by patterns, checksums and the words beside them. It finds what has a form (addresses, numbers); names only behind a title or an introduction.
 */
export const personalKinds = ['email', 'phone', 'card', 'iban', 'ip', 'ssn', 'birth', 'name', 'address'] as const;
export type PersonalKind = (typeof personalKinds)[number];

export interface PersonalSpan {
  kind: PersonalKind;
  start: number;
  end: number;
}

interface Finder {
  kind: PersonalKind;
  pattern: RegExp;
  /** The number of the group that is personal; 0: all. */
  group?: number;
  accept?: (found: string, before: string, after: string) => boolean;
  /** Of numbers in groups that stand in a row, a part may be the one that is looked for: a card before its month and year. */
  inGroups?: boolean;
}

const digits = (text: string): string => text.replace(/\D/g, '');
const phoneWords = /(?:tel|phone|fon|call|mobile|mobil|cell|fax|ring|whatsapp|sms|text me|number)\W*(?:\w+\W+){0,2}$/i;

/** In the order in which they have precedence where they overlap. */
const finders: readonly Finder[] = [
  {
    kind: 'email',
    pattern: /[\p{L}\p{N}._%+-](?:[\p{L}\p{N}._%+'’-]*[\p{L}\p{N}._%+-])?@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/gu,
  },
  {
    kind: 'iban',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?/g,
    accept: isIban,
    inGroups: true,
  },
  {
    kind: 'card',
    pattern: /(?<![\d.-])\d(?:[ -]?\d){12,27}(?![\d.]?\d)/g,
    accept: (found) => isCard(digits(found)),
    inGroups: true,
  },
  {
    kind: 'ip',
    pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/g,
    accept: (_found, before) => !/\b(?:version|v|release|section|§)\s*$/i.test(before),
  },
  {
    kind: 'ip',
    pattern:
      /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\w:])/gi,
  },
  { kind: 'ssn', pattern: /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g },
  {
    kind: 'birth',
    pattern:
      /(?:born|birth(?:day)?|d\.?o\.?b\.?|geb\.|geboren|geburtsdatum|né[e]?)\W{1,4}(?:\w{1,4}\W+){0,2}((?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4})|(?:\d{4}[-./]\d{1,2}[-./]\d{1,2})|(?:\d{1,2}(?:st|nd|rd|th|\.)? \p{L}{3,9},? \d{4})|(?:\p{L}{3,9} \d{1,2},? \d{4}))/giu,
    group: 1,
  },
  {
    kind: 'phone',
    pattern: /(?<![\w.,:/-])(?:\+|00)?\(?\d{1,4}\)?(?:[ ./-]?\(?\d{1,5}\)?){2,6}(?![\w-]|[.,:]\d)/g,
    accept: isPhone,
  },
  {
    kind: 'name',
    pattern:
      /\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Herrn|Frau|Mme|Sr|Sra|Señora?)\b\.? +((?:\p{Lu}[\p{L}'’-]+)(?: (?:(?:von|van|de|der|den|la|le) )*\p{Lu}[\p{L}'’-]+){0,2})/gu,
    group: 1,
  },
  {
    kind: 'name',
    pattern:
      /(?:[Mm]y name is|[Ii] am called|[Ii]ch heiße|[Mm]ein Name ist|[Jj]e m['’]appelle|[Mm]e llamo) +((?:\p{Lu}[\p{L}'’-]+)(?: \p{Lu}[\p{L}'’-]+){0,2})/gu,
    group: 1,
  },
  {
    kind: 'address',
    pattern:
      /(?<![\w])\d{1,5}[A-Za-z]? (?:\p{Lu}[\p{L}'’]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Square|Terrace|Close|Way)\b/gu,
  },
  {
    kind: 'address',
    pattern:
      /(?<![\p{L}])\p{Lu}[\p{L}-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer) \d{1,4} ?[a-z]?(?![\p{L}\d])/gu,
  },
];

/** Spans that do not overlap, in the order of the text. */
export function findPersonalData(text: string, kinds: ReadonlySet<PersonalKind>): PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  for (const { kind, pattern, group = 0, accept = () => true, inGroups = false } of finders) {
    if (!kinds.has(kind)) continue;
    for (const match of text.matchAll(pattern)) {
      const whole = match[group] ?? '';
      const from = match.index + (group === 0 ? 0 : match[0].lastIndexOf(whole));
      for (const [at, found] of inGroups ? partsOf(whole) : [[0, whole] as const]) {
        const start = from + at;
        const end = start + found.length;
        if (found === '' || spans.some((span) => start < span.end && span.start < end)) continue;
        if (accept(found, text.slice(Math.max(0, start - 40), start), text.slice(end, end + 20)))
          spans.push({ kind, start, end });
      }
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** The whole, then all rows of groups within it that a space or a hyphen parts, the longer first; of lists of small numbers there is no part. */
function partsOf(found: string): (readonly [number, string])[] {
  const groups = [...found.matchAll(/[^ -]+/g)].map((group) => [group.index, group.index + group[0].length] as const);
  return groups
    .flatMap(([start], i) => groups.slice(i).map(([, end]) => [start, found.slice(start, end)] as const))
    .filter(
      ([, part]) => part === found || part.split(/[ -]/).every((one, i, all) => one.length > 2 || i === all.length - 1),
    )
    .sort(([, a], [, b]) => b.length - a.length);
}

/** Luhn's checksum (ISO/IEC 7812), and a first digit of a network that exists. */
export function isCard(number: string): boolean {
  if (number.length < 13 || number.length > 19 || !/^[2-6]/.test(number) || /^(\d)\1+$/.test(number)) return false;
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

/** ISO 13616: letters as numbers, the first four characters behind the rest, 1 modulo 97. */
export function isIban(found: string): boolean {
  const plain = found.replaceAll(' ', '');
  if (plain.length < 15 || plain.length > 34) return false;
  const moved = plain.slice(4) + plain.slice(0, 4);
  let rest = 0;
  for (const character of moved)
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** 7 to 15 digits that are written as a telephone number, or stand behind a word that says so. */
function isPhone(found: string, before: string): boolean {
  const count = digits(found).length;
  if (count < 7 || count > 15) return false;
  if (
    /^\d{4}[-./]\d{1,2}[-./]\d{1,2}$|^\d{1,2}[-./]\d{1,2}[-./]\d{2,4}$|^\d{1,3}(?:[.,]\d{3})+$|^\d{4} ?- ?\d{4}$/.test(
      found.trim(),
    )
  )
    return false;
  if (/[€$£]\s*$/.test(before)) return false;
  return (
    /^(?:\+|00)/.test(found) ||
    /[()]/.test(found) ||
    (found.startsWith('0') && /[ ./-]/.test(found)) ||
    /^\d{3}[-.]\d{3}[-.]\d{4}$/.test(found) ||
    phoneWords.test(before)
  );
}

export type MaskStyle = 'label' | 'numbered' | 'stars';

/** `numbered`: equal values of one text get equal numbers, so that one can follow who is meant. */
export function maskSpans(text: string, spans: readonly PersonalSpan[], style: MaskStyle): string {
  const numbers = new Map<string, number>();
  let masked = '';
  let from = 0;
  for (const { kind, start, end } of spans) {
    const found = text.slice(start, end);
    masked += text.slice(from, start) + maskOf(kind, found, style, numbers);
    from = end;
  }
  return masked + text.slice(from);
}

function maskOf(kind: PersonalKind, found: string, style: MaskStyle, numbers: Map<string, number>): string {
  const label = kind.toUpperCase();
  if (style === 'stars') return found.replace(/[\p{L}\p{N}]/gu, '*');
  if (style === 'label') return `[${label}]`;
  const key = `${kind} ${found.toLowerCase().replace(/[\s-]/g, '')}`;
  const number = numbers.get(key) ?? [...numbers.keys()].filter((one) => one.startsWith(`${kind} `)).length + 1;
  numbers.set(key, number);
  return `[${label}_${number}]`;
}
