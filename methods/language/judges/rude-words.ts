/**
 * Signs of rudeness in English: insults, swear words, threats, and sentences that deny people their worth, by a list of words and patterns. It is a list, not a judge: it misses what is said
 * politely, and takes a quotation for the thing.
 */
export type RudeKind = 'insult' | 'swearing' | 'threat' | 'hate' | 'own';

export interface RudeSpan {
  kind: RudeKind;
  start: number;
  end: number;
}

/** How much one sign says: 0 to 1. */
const weights: Readonly<Record<RudeKind, number>> = { insult: 0.6, swearing: 0.4, threat: 0.9, hate: 0.9, own: 0.6 };

const words: Readonly<Record<'insult' | 'swearing', string>> = {
  insult:
    'idiots? idiotic morons? moronic imbeciles? stupid dumb dumbass(?:es)? fools? losers? pathetic scum(?:bags?)? worthless lowlifes? jerks? creeps? pigs? dimwits? halfwits? nitwits? retard(?:s|ed)? ugly coward(?:s|ly)? liars? disgusting filth trash degenerates? parasites? bastards? bitch(?:es)? assholes? arseholes? dickheads? pricks? twats? wankers? sluts? whores?',
  swearing:
    'fuck(?:s|ed|er|ers|ing|in)? shit(?:s|ty|ting)? bullshit crap(?:py)? damn(?:ed)? goddamn bloody bollocks piss(?:ed|ing)? arse ass wtf stfu motherfuck(?:er|ers|ing)?',
};
const patterns: readonly (readonly [RudeKind, string])[] = [
  [
    'threat',
    String.raw`\b(?:i(?:'ll| will| am going to|'m going to| wanna| want to)|we(?:'ll| will)|someone should|somebody should) (?:\w+ )?(?:kill|hurt|stab|shoot|beat|strangle|burn|destroy|find|get) (?:you|him|her|them|your)\b`,
  ],
  [
    'threat',
    String.raw`\b(?:you (?:should|will|deserve to|better) (?:die|pay for|suffer|be shot)|(?:hope|wish) (?:you|he|she|they) (?:die|dies|suffer|get cancer)|kill (?:yourself|urself)|kys|watch your back|drop dead)\b`,
  ],
  [
    'hate',
    String.raw`\b(?:go back to (?:your|their) (?:own )?country|(?:you people|those people|they) are (?:all )?(?:animals|vermin|subhuman|a disease|cockroaches|rats)|subhumans?|don't deserve to (?:live|exist))\b`,
  ],
];

/** A letter and what is written in its place. */
const disguises: Readonly<Record<string, string>> = {
  a: 'a@4',
  e: 'e3',
  i: 'i1!',
  o: 'o0',
  s: 's$5',
  t: 't7+',
  u: 'uv',
};
const loosely = (pattern: string): string =>
  pattern.replace(/\(\?:[^)]*\)\??|[a-z]\??/g, (part) => {
    if (part.startsWith('(')) return part;
    const letter = part.charAt(0);
    const signs = disguises[letter] ?? letter;
    return part.endsWith('?') ? `[${signs}]*` : `[${signs}*]+`;
  });

const finders: readonly (readonly [RudeKind, RegExp])[] = [
  ...(['insult', 'swearing'] as const).map(
    (kind) =>
      [
        kind,
        new RegExp(
          String.raw`(?<![\p{L}\p{N}])(?:${words[kind].split(' ').map(loosely).join('|')})(?![\p{L}\p{N}])`,
          'giu',
        ),
      ] as const,
  ),
  ...patterns.map(([kind, pattern]) => [kind, new RegExp(pattern, 'gi')] as const),
];

/** @param own words that count too, as they stand, in any case */
export function findRudeWords(text: string, own: readonly string[] = []): RudeSpan[] {
  const spans: RudeSpan[] = [];
  const quoted = own
    .map((word) => word.trim())
    .filter((word) => word !== '')
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const all =
    quoted.length === 0
      ? finders
      : [
          ...finders,
          ['own', new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${quoted.join('|')})(?![\p{L}\p{N}])`, 'giu')] as const,
        ];
  for (const [kind, pattern] of all)
    for (const match of text.replaceAll('’', "'").matchAll(pattern)) {
      // Stars and figures alone could be anything.
      if (kind !== 'own' && !/\p{L}/u.test(match[0])) continue;
      const end = match.index + match[0].length;
      if (!spans.some((span) => match.index < span.end && span.start < end))
        spans.push({ kind, start: match.index, end });
    }
  return spans.sort((a, b) => a.start - b.start);
}

/** 0 without any sign, towards 1 with many: 1 − Π (1 − weight). */
export const rudeness = (spans: readonly RudeSpan[]): number =>
  1 - spans.reduce((left, { kind }) => left * (1 - weights[kind]), 1);
