/**
 * Personal data in texts, by patterns, checksums and the words beside them. It finds what has a form (addresses, numbers); names only behind a title or an introduction.
 * A service is sent any text: each pattern takes time in proportion to its length, however it is made.
 */
import { matchByEnd, type Beginning, type Found } from './match-by-end.ts';

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
  /** The pattern is the end of what is looked for, which begins so. */
  beginning?: Beginning;
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
    pattern: /(?<!['’])@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/gu,
    beginning: { within: /[\p{L}\p{N}._%+'’-]/u, begins: (character) => !/['’]/.test(character) },
  },
  {
    kind: 'iban',
    pattern: /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?![A-Z0-9])/gi,
    accept: isIban,
    inGroups: true,
  },
  {
    kind: 'card',
    pattern: /(?<![\p{L}\d.-])\d(?:[ -]?\d){12,27}(?![\d.]?\d|\p{L})/gu,
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
    pattern: /(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer) \d{1,4} ?[a-z]?(?![\p{L}\d])/gu,
    beginning: {
      within: /[\p{L}-]/u,
      begins: (character, before) => /\p{Lu}/u.test(character) && !/\p{L}/u.test(before),
    },
  },
];

/** Spans that do not overlap, in the order of the text. */
export function findPersonalData(text: string, kinds: ReadonlySet<PersonalKind>): PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  const isTaken = new Uint8Array(text.length);
  for (const finder of finders) {
    const { kind, accept = () => true, inGroups = false } = finder;
    if (!kinds.has(kind)) continue;
    for (const { start: from, found: whole } of wholes(text, finder)) {
      for (const [at, found] of inGroups ? partsOf(whole) : [[0, whole] as const]) {
        const start = from + at;
        const end = start + found.length;
        if (found === '' || isTaken.subarray(start, end).includes(1)) continue;
        if (!accept(found, text.slice(Math.max(0, start - 40), start), text.slice(end, end + 20))) continue;
        spans.push({ kind, start, end });
        isTaken.fill(1, start, end);
      }
    }
  }
  return spans.sort((a, b) => a.start - b.start);
}

function* wholes(text: string, { pattern, beginning, group = 0 }: Finder): Iterable<Found> {
  if (beginning !== undefined) return yield* matchByEnd(text, pattern, beginning);
  for (const match of text.matchAll(pattern)) {
    const found = match[group] ?? '';
    yield { start: match.index + (group === 0 ? 0 : match[0].lastIndexOf(found)), found };
  }
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

/** First digits and lengths of networks that exist: Mir, Mastercard, Diners, American Express, JCB, Visa, Maestro, Discover, UnionPay. */
const networks =
  /^(?:220[0-4]\d{12,15}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3(?:0|6|8|9)\d{12,17}|3[47]\d{13}|35\d{14,17}|4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|5[06-8]\d{11,17}|6\d{12,18})$/;

/** Luhn's checksum (ISO/IEC 7812), of a network that exists. */
export function isCard(number: string): boolean {
  if (!networks.test(number) || /^(\d)\1+$/.test(number)) return false;
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

/** Countries with their lengths, from the registry of ISO 13616. */
const ibanLengths = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 ' +
    'HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 ' +
    'RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** ISO 13616: the length of its country, and letters as numbers, the first four characters behind the rest, 1 modulo 97. */
export function isIban(found: string): boolean {
  const plain = found.replaceAll(/[ -]/g, '').toUpperCase();
  if (plain.length !== ibanLengths.get(plain.slice(0, 2))) return false;
  const moved = plain.slice(4) + plain.slice(0, 4);
  let rest = 0;
  for (const character of moved)
    for (const digit of String(parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** 7 to 15 digits that are written as a telephone number, or stand behind a word that says so. */
function isPhone(found: string, before: string, after: string): boolean {
  const count = digits(found).length;
  if (count < 7 || count > 15 || /^(\d)\1+$/.test(digits(found))) return false;
  // Bytes of a dump, not digits in pairs as France writes them.
  const isPairs = /^\d\d(?: \d\d){3,}$/.test(found);
  if (isPairs && (count !== 10 || /[\da-f]{2} $/i.test(before) || /^ [\da-f]{2}\b/i.test(after))) return false;
  if (
    /^\d{4}[-./]\d{1,2}[-./]\d{1,2}$|^\d{1,2}[-./]\d{1,2}[-./]\d{2,4}$|^\d{1,3}(?:[.,]\d{3})+$|^0\.\d+$| \d{4}-\d{2}-\d{2}$|^\d-\d+-\d+-\d$|^\d{4} ?- ?\d{4}$/.test(
      found.replace(/[()]/g, '').trim(),
    )
  )
    return false;
  if (/[€$£]\s*$/.test(before)) return false;
  return (
    /^(?:\+|00)/.test(found) ||
    /^(?:\d{1,3}[ .-]?)?\(\d{1,5}\)[ .-]?\d/.test(found) ||
    (found.startsWith('0') && /[ ./-]/.test(found)) ||
    /^(?:1[-. ])?\d{3}[-.]\d{3}[-.]\d{4}$/.test(found) ||
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
  const number = numbers.get(key) ?? (numbers.get(kind) ?? 0) + 1;
  // Beside the number of each value stands how many its kind has: no value is without a space.
  if (!numbers.has(key)) numbers.set(kind, number);
  numbers.set(key, number);
  return `[${label}_${number}]`;
}
