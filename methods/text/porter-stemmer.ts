/**
 * Porter's stemmer (M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980) with the changes that NLTK makes by default, which ROUGE's reference
 * implementation uses: a pool of irregular words, short words left alone, and other rules for -ies, -ied, -y, -alli, -fulli and -logi. In lower case, as given.
 */
type Rule = readonly [suffix: string, replacement: string, condition?: (stem: string) => boolean];

const irregular: ReadonlyMap<string, string> = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['innings', 'inning'],
  ['inning', 'inning'],
  ['outings', 'outing'],
  ['outing', 'outing'],
  ['cannings', 'canning'],
  ['canning', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

/** For each letter whether it is a consonant: y is one where the letter before it is none. */
function consonants(word: string): boolean[] {
  const flags: boolean[] = [];
  for (const [i, letter] of Array.from(word).entries())
    flags.push(letter === 'y' ? i === 0 || flags[i - 1] === false : !'aeiou'.includes(letter));
  return flags;
}

/** Porter's m: how often a consonant follows a vowel. */
function measure(stem: string): number {
  const flags = consonants(stem);
  let count = 0;
  for (let i = 1; i < flags.length; i++) if (flags[i] === true && flags[i - 1] === false) count++;
  return count;
}

const endsInConsonant = (word: string): boolean => consonants(word).at(-1) === true;
const hasVowel = (word: string): boolean => consonants(word).includes(false);
const isPositive = (stem: string): boolean => measure(stem) > 0;
const isLong = (stem: string): boolean => measure(stem) > 1;

/** Consonant, vowel, consonant other than w, x, y; or a word of a vowel and a consonant. */
function endsShort(word: string): boolean {
  const flags = consonants(word);
  if (word.length === 2) return flags[0] === false && flags[1] === true;
  return flags.slice(-3).join() === 'true,false,true' && !'wxy'.includes(word.at(-1) ?? '');
}

/** The first rule whose suffix the word has decides, whether its condition holds or not. */
function applyFirst(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement, condition] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return condition === undefined || condition(stem) ? stem + replacement : word;
}

function dropPlural(word: string): string {
  if (word.length === 4 && word.endsWith('ies')) return word.slice(0, -1);
  return applyFirst(word, [
    ['sses', 'ss'],
    ['ies', 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

function dropPast(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return isPositive(word.slice(0, -3)) ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((end) => word.endsWith(end) && hasVowel(word.slice(0, -end.length)));
  return suffix === undefined ? word : mendStem(word.slice(0, -suffix.length));
}

/** What -ed and -ing leave: conflat → conflate, hopp → hop, fil → file. */
function mendStem(stem: string): string {
  if (['at', 'bl', 'iz'].some((end) => stem.endsWith(end))) return `${stem}e`;
  const last = stem.at(-1) ?? '';
  if (stem.length >= 2 && last === stem.at(-2) && endsInConsonant(stem))
    return 'lsz'.includes(last) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

const endY = (word: string): string =>
  word.endsWith('y') && word.length > 2 && endsInConsonant(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;

const doubleSuffixes: readonly Rule[] = [
  ['ational', 'ate', isPositive],
  ['tional', 'tion', isPositive],
  ['enci', 'ence', isPositive],
  ['anci', 'ance', isPositive],
  ['izer', 'ize', isPositive],
  ['bli', 'ble', isPositive],
  ['alli', 'al', isPositive],
  ['entli', 'ent', isPositive],
  ['eli', 'e', isPositive],
  ['ousli', 'ous', isPositive],
  ['ization', 'ize', isPositive],
  ['ation', 'ate', isPositive],
  ['ator', 'ate', isPositive],
  ['alism', 'al', isPositive],
  ['iveness', 'ive', isPositive],
  ['fulness', 'ful', isPositive],
  ['ousness', 'ous', isPositive],
  ['aliti', 'al', isPositive],
  ['iviti', 'ive', isPositive],
  ['biliti', 'ble', isPositive],
  ['fulli', 'ful', isPositive],
  // The l counts as part of the stem, so that geo and theo behave as archaeo does.
  ['logi', 'log', (stem) => isPositive(`${stem}l`)],
];

function mapDoubleSuffix(word: string): string {
  if (word.endsWith('alli') && isPositive(word.slice(0, -4))) return mapDoubleSuffix(word.slice(0, -2));
  return applyFirst(word, doubleSuffixes);
}

const middleSuffixes: readonly Rule[] = [
  ['icate', 'ic', isPositive],
  ['ative', '', isPositive],
  ['alize', 'al', isPositive],
  ['iciti', 'ic', isPositive],
  ['ical', 'ic', isPositive],
  ['ful', '', isPositive],
  ['ness', '', isPositive],
];

const lastSuffixes: readonly Rule[] = [
  ...['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'].map((s): Rule => [
    s,
    '',
    isLong,
  ]),
  ['ion', '', (stem) => isLong(stem) && 'st'.includes(stem.at(-1) ?? ' ')],
  ...['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'].map((s): Rule => [s, '', isLong]),
];

function dropE(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  return isLong(stem) || (isPositive(stem) && !endsShort(stem)) ? stem : word;
}

const dropL = (word: string): string => (word.endsWith('ll') && isLong(word.slice(0, -1)) ? word.slice(0, -1) : word);

/** @param word in lower case; letters other than a to z count as consonants. */
export function porterStem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  const inflected = endY(dropPast(dropPlural(word)));
  const derived = applyFirst(applyFirst(mapDoubleSuffix(inflected), middleSuffixes), lastSuffixes);
  return dropL(dropE(derived));
}
