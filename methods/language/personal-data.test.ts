/** The patterns of what is known by its end, beside the plain ones that they stand for; and texts that a slow pattern would not finish. */
import { describe, expect, it } from 'vitest';
import { randomGenerator } from '../random/random-generator.ts';
import { findPersonalData, maskSpans, personalKinds, type PersonalKind } from './personal-data.ts';

const plain = {
  email: /[\p{L}\p{N}._%+-](?:[\p{L}\p{N}._%+'’-]*[\p{L}\p{N}._%+-])?@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/gu,
  address:
    /(?<![\p{L}])\p{Lu}[\p{L}-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer) \d{1,4} ?[a-z]?(?![\p{L}\d])/gu,
} as const;

/** Pieces of which most texts are nearly, and some are fully, what is looked for. */
const pieces = {
  email: [
    'a',
    'B',
    '.',
    '.',
    '@',
    '@',
    "'",
    '’',
    '-',
    '_',
    '%',
    '+',
    '7',
    ' ',
    ',',
    'é',
    '𝒜',
    '\ud800',
    '@b.de',
    '.com',
  ],
  address: ['a', 'B', 'Ä', '-', '-', ' ', ' 7', ' 12', 'c', '.', '𝒜', '\udc00', 'straße', 'strasse', 'str.', 'weg'],
} as const;

describe.each(['email', 'address'] as const)('%s', (kind) => {
  it('is found where the plain pattern finds it', () => {
    const random = randomGenerator(kind === 'email' ? 1 : 2);
    const wanted = new Set<PersonalKind>([kind]);
    let found = 0;
    for (let i = 0; i < 20_000; i++) {
      const length = random.nextBelow(i % 10 === 0 ? 300 : 25);
      const text = Array.from({ length }, () => pieces[kind][random.nextBelow(pieces[kind].length)] ?? '').join('');
      const expected = [...text.matchAll(plain[kind])].map(({ index, 0: whole }) => ({
        kind,
        start: index,
        end: index + whole.length,
      }));
      expect({ text, spans: findPersonalData(text, wanted) }).toEqual({ text, spans: expected });
      found += expected.length;
    }
    expect(found).toBeGreaterThan(1000);
  });
});

describe('a long text', () => {
  const all = new Set(personalKinds);
  it.each([
    ['letters', 'a'.repeat(2_000_000), 0],
    ['one word after another behind hyphens', 'A-'.repeat(1_000_000), 0],
    ['signs of addresses', 'a@'.repeat(1_000_000), 0],
    ['digits', '1'.repeat(2_000_000), 0],
    ['groups of digits', '12 '.repeat(100_000), 0],
    ['dots and digits', '1.'.repeat(1_000_000), 0],
    ['colons', 'a:'.repeat(1_000_000), 0],
    ['titles', 'Mr  '.repeat(500_000), 250_000],
    ['spaces behind a word', `born a${' '.repeat(1_000_000)}Mr${' '.repeat(1_000_000)}`, 0],
  ])('of %s is looked through', (_what, text, count) => {
    expect(findPersonalData(text, all)).toHaveLength(count);
  });

  it('with many addresses is masked', () => {
    const text = Array.from({ length: 50_000 }, (_, i) => `user${i}@example.com `).join('');
    const spans = findPersonalData(text, all);
    expect(spans).toHaveLength(50_000);
    expect(maskSpans(text, spans, 'numbered').endsWith(' [EMAIL_49999] [EMAIL_50000] ')).toBe(true);
  });
});
