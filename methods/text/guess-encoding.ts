/**
 * Which encoding a text that is not UTF-8 is probably in. Every candidate reads the bytes; the one whose words look like words of its own script wins. No
 * byte says for certain: the answer is a suggestion, and a person looks at the letters.
 */
import type { DecodedEncoding } from '../../shared/media/text-encodings.ts';

interface Candidate {
  encoding: DecodedEncoding;
  /** A word of the script, its letters beyond ASCII among them. */
  word: RegExp;
  /** Letters beyond ASCII that its languages use most. */
  common: RegExp;
}

/** One capital at most, and in front; or capitals alone. Encodings of one script differ in where its capitals are. */
const cased = (script: string): RegExp =>
  new RegExp(
    `^(?:(?=\\p{Lu})\\p{Script=${script}})?(?:(?=\\p{Ll})\\p{Script=${script}})+$|^(?:(?=\\p{Lu})\\p{Script=${script}})+$`,
    'u',
  );
const anyOf = (script: string): RegExp => new RegExp(`^[\\p{Script=${script}}\\p{M}]+$`, 'u');

/** Of equal ones the first. */
const candidates: readonly Candidate[] = [
  { encoding: 'windows-1252', word: cased('Latin'), common: /[éèêëàâäáãåæçíìîïñóòôöõøúùûüßÄÖÜÉÈÀÇÑÁÓÅØ]/ },
  { encoding: 'windows-1250', word: cased('Latin'), common: /[ąćęłńóśźżáčďéěíňřšťúůýžäöüőűășțâîŁŚŻŹČŘŠŽÁÉÍÓÚŐ]/ },
  { encoding: 'windows-1254', word: cased('Latin'), common: /[ışğçöüİŞĞÇÖÜâ]/ },
  { encoding: 'macintosh', word: cased('Latin'), common: /[éèêëàâäáãåçíìîïñóòôöõúùûüßÄÖÜÉ]/ },
  { encoding: 'windows-1251', word: cased('Cyrillic'), common: /[оеаинтсрвлкОЕАИНТСРВЛК]/ },
  { encoding: 'koi8-r', word: cased('Cyrillic'), common: /[оеаинтсрвлкОЕАИНТСРВЛК]/ },
  { encoding: 'ibm866', word: cased('Cyrillic'), common: /[оеаинтсрвлкОЕАИНТСРВЛК]/ },
  { encoding: 'windows-1253', word: cased('Greek'), common: /[αάοόιίεέτσςνηήυύρπκΑΟΙΕΤΣΝΗΥΡΠΚ]/ },
  { encoding: 'windows-1255', word: anyOf('Hebrew'), common: /[יוהלארתבשמנ]/ },
  { encoding: 'windows-1256', word: anyOf('Arabic'), common: /[اليمونرتبةعدس]/ },
  {
    encoding: 'shift_jis',
    word: /^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}ー々]+$/u,
    common: /[ぁ-んァ-ー]/,
  },
  { encoding: 'euc-kr', word: anyOf('Hangul'), common: /\p{Script=Hangul}/u },
  { encoding: 'gb18030', word: anyOf('Han'), common: /$^/ },
  { encoding: 'big5', word: anyOf('Han'), common: /$^/ },
];

/** Lead bytes of the first level of characters of a national standard: the ones in daily use, by which a wrong reading is told. */
const dailyLeads: Partial<Record<DecodedEncoding, readonly [from: number, to: number]>> = {
  shift_jis: [0x88, 0x97],
  'euc-kr': [0xb0, 0xc8],
  gb18030: [0xb0, 0xd7],
  big5: [0xa4, 0xc6],
};
const dailySets = new Map<DecodedEncoding, ReadonlySet<string>>();

function dailyLetters(encoding: DecodedEncoding): ReadonlySet<string> {
  const known = dailySets.get(encoding);
  if (known !== undefined) return known;
  const [from, to] = dailyLeads[encoding] ?? [1, 0];
  const decoder = new TextDecoder(encoding);
  const letters = new Set<string>();
  for (let lead = from; lead <= to; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++)
      for (const letter of decoder.decode(Uint8Array.of(lead, trail))) if (/\p{L}/u.test(letter)) letters.add(letter);
  dailySets.set(encoding, letters);
  return letters;
}

/** Signs that stand in texts of every language; in front of a letter only those that open something, or an apostrophe. */
const signs = /[‘’“”„–«¿¡\u00a0、。「」（），：！？～・％]|[—…•€£¥©®°²³½¼¾§»·№™ªº×](?!\p{L})/gu;

/** @param head how the file begins @param lines those of its lines that hold bytes beyond ASCII */
export function guessEncodings(head: Uint8Array, lines: Uint8Array): (DecodedEncoding | 'utf-16')[] {
  const wide = wideOrder(head);
  if (wide !== undefined) return [wide];
  const read = candidates
    .flatMap((candidate) => {
      const text = decode(candidate.encoding, lines);
      return text === undefined ? [] : { encoding: candidate.encoding, text, score: scoreOf(candidate, text) };
    })
    .filter(({ score }) => score > 0.2)
    .toSorted((a, b) => b.score - a.score);
  // Two that read the same letters are no choice.
  return read.filter(({ text }, i) => read.findIndex((other) => other.text === text) === i).map((r) => r.encoding);
}

function decode(encoding: DecodedEncoding, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Two bytes a letter: by the mark in front, or by the zeros of what is ASCII, all on one side, the end of the first line among them. */
function wideOrder(head: Uint8Array): 'utf-16' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = (side: number): number =>
    head.subarray(0, 1000).filter((byte, i) => byte === 0 && i % 2 === side).length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (Math.max(even, odd) <= 20 || Math.min(even, odd) * 10 > Math.max(even, odd)) return undefined;
  const end = head.indexOf(0x0a);
  if (end >= 0 && head[odd > even ? end + 1 : end - 1] !== 0) return undefined;
  return odd > even ? 'utf-16' : 'utf-16be';
}

/** From 0 to 2: the share of letters beyond ASCII that stand in words of the script, and that share among its frequent ones. */
function scoreOf({ encoding, word, common }: Candidate, text: string): number {
  const daily = dailyLetters(encoding);
  let [all, natural, frequent] = [0, 0, 0];
  all += text.match(/[^\p{L}\p{M}\p{ASCII}]/gu)?.length ?? 0;
  natural += text.match(signs)?.length ?? 0;
  for (const found of text.match(/[\p{L}\p{M}]+/gu) ?? []) {
    const letters = Array.from(found).filter((letter) => letter > '\u007f');
    all += letters.length;
    if (!word.test(found) || isOverAccented(found, letters.length)) continue;
    natural += letters.length;
    frequent += letters.filter((letter) => common.test(letter) || daily.has(letter)).length;
  }
  return all === 0 ? 0 : natural / all + frequent / all;
}

/** Words in Latin letters are mostly ASCII; another script that was read as Latin has none. */
const isOverAccented = (word: string, beyond: number): boolean =>
  /\p{Script=Latin}/u.test(word) && word.length > 2 && beyond * 4 > word.length * 3;
