import { describe, expect, it } from 'vitest';
import { indexEvaluation } from '../contamination.ts';
import { findPersonalData, isCard, isIban, maskSpans, personalKinds } from '../personal-data.ts';
import { findRudeWords, rudeness } from './rude-words.ts';
import { judgeQuality } from '../text-quality.ts';

const all = new Set(personalKinds);
const found = (text: string): string[] =>
  findPersonalData(text, all).map(({ kind, start, end }) => `${kind}:${text.slice(start, end)}`);

describe('personal data', () => {
  const ibans = ['iban:de89 3704 0044 0532 0130 00', 'iban:NL91-ABNA-0417-1643-00'];
  /** Texts with what is in them, in English, German, French and Spanish; and texts in which nothing is, though it looks so. */
  const labelled: readonly (readonly [string, readonly string[]])[] = [
    [
      'Write to ann.o-neil+x@mail.example.org or call +44 20 7946 0958.',
      ['email:ann.o-neil+x@mail.example.org', 'phone:+44 20 7946 0958'],
    ],
    ['Card 4111 1111 1111 1111, exp 12/27', ['card:4111 1111 1111 1111']],
    ['4111 1111 1111 1111 12/27 and 5500-0055-5555-5559 08', ['card:4111 1111 1111 1111', 'card:5500-0055-5555-5559']],
    ['TRANSFER TO GB82 WEST 1234 5698 7654 32 TODAY PLEASE', ['iban:GB82 WEST 1234 5698 7654 32']],
    ["jane.o'neil@mail.example.org, 'joe@x.org'", ["email:jane.o'neil@mail.example.org", 'email:joe@x.org']],
    ['geb. 31.12.1999, DOB: 1980/02/03', ['birth:31.12.1999', 'birth:1980/02/03']],
    ['221B Baker Street', ['address:221B Baker Street']],
    ['12 17 25 33 41 56 68 70 81 92 11 13', []],
    ['IBAN: DE89 3704 0044 0532 0130 00.', ['iban:DE89 3704 0044 0532 0130 00']],
    ['GB82WEST12345698765432 please', ['iban:GB82WEST12345698765432']],
    ['from 192.168.10.24 and 2001:db8::ff00:42:8329', ['ip:192.168.10.24', 'ip:2001:db8::ff00:42:8329']],
    ['SSN 123-45-6789', ['ssn:123-45-6789']],
    ['She was born on 3 May 1987 in Leeds.', ['birth:3 May 1987']],
    ['Geburtsdatum: 03.05.1987', ['birth:03.05.1987']],
    ['Dr. Maria van der Berg and Frau Müller-Lüdenscheidt', ['name:Maria van der Berg', 'name:Müller-Lüdenscheidt']],
    ['My name is Jonas Weber.', ['name:Jonas Weber']],
    ['Je m’appelle Chloé Martin', ['name:Chloé Martin']],
    ['He lives at 221b Baker Street.', ['address:221b Baker Street']],
    ['Hauptstraße 12a, 10115 Berlin', ['address:Hauptstraße 12a']],
    ['Tel. 030 1234567', ['phone:030 1234567']],
    ['(555) 123-4567', ['phone:(555) 123-4567']],
    ['my mobile is 01712345678', ['phone:01712345678']],
    ['In 2019, 1,234,567 people paid $12,345,678 on 2024-03-05.', []],
    ['Version 10.0.0.1 of the order 4111 1111 1111 1112', []],
    ['de89 3704 0044 0532 0130 00, NL91-ABNA-0417-1643-00', [...ibans]],
    ['1-800-555-0199 or 01 23 45 67 89', ['phone:1-800-555-0199', 'phone:01 23 45 67 89']],
    ['Released (2021-11-05), 0.18.6 (2021-04-08), 3.0.1 (19/10/2017), e.g. 0.000041, ISBN 0-395-19395-8', []],
    ['<Buffer 08 00 00 00 2f 00 00 00 00 00 00 28 58 01 82 fe>', []],
    ['commit 69637293939580a9d20 of archive.org/web/20150324153922, kh73pbm9dsju7fgh', []],
    ['Pages 1200-1300, ISBN 978-3-16-148410-0', []],
    ['the street was 12 Miles long at 3:45:10', []],
  ];
  it.each(labelled)('%s', (text, wanted) => {
    expect(found(text)).toEqual(wanted);
  });
  it('checksums are those of the standards', () => {
    expect([
      isCard('4111111111111111'),
      isCard('4111111111111112'),
      isCard('5500005555555559'),
      isCard('1111111111111111'),
    ]).toEqual([true, false, true, false]);
    expect([isIban('FR1420041010050500013M02606'), isIban('FR1420041010050500013M02607')]).toEqual([true, false]);
  });
  it('is masked by kind, by numbers that tell who is who, or by stars', () => {
    const text = 'a@b.co wrote to c@d.co and A@b.co';
    const spans = findPersonalData(text, all);
    expect(maskSpans(text, spans, 'label')).toBe('[EMAIL] wrote to [EMAIL] and [EMAIL]');
    expect(maskSpans(text, spans, 'numbered')).toBe('[EMAIL_1] wrote to [EMAIL_2] and [EMAIL_1]');
    expect(maskSpans(text, spans, 'stars')).toBe('*@*.** wrote to *@*.** and *@*.**');
    expect(findPersonalData(text, new Set(['phone']))).toEqual([]);
  });
});

describe('rude words', () => {
  it.each([
    ['You are an idiot.', ['insult:idiot']],
    ['What a st*pid, 1d10t plan', ['insult:st*pid', 'insult:1d10t']],
    ['fuuuck this', ['swearing:fuuuck']],
    ['I will find you', ['threat:I will find you']],
    ['Go back to your country!', ['hate:Go back to your country']],
    ['The class of assessors passed the shuttle to Scunthorpe.', []],
    ['A pleasant day at the sea.', []],
    ['*** and ****', []],
  ])('%s', (text, wanted) => {
    expect(findRudeWords(text).map(({ kind, start, end }) => `${kind}:${text.slice(start, end)}`)).toEqual(wanted);
  });
  it('count one’s own too, and more of them score higher', () => {
    expect(findRudeWords('Such a muppet.', ['muppet'])).toHaveLength(1);
    const score = (text: string): number => rudeness(findRudeWords(text));
    expect([score('nice'), score('you idiot') < score('you stupid idiot'), score('you stupid idiot') < 1]).toEqual([
      0,
      true,
      true,
    ]);
  });
});

describe('quality', () => {
  const rules = {
    fewestWords: 5,
    mostWords: 50,
    leastLetters: 0.6,
    mostCapitals: 0.5,
    mostRepeatedLines: 0.3,
    mostRepetition: 0.3,
    mostListLines: 0.8,
    mostSymbols: 0.1,
  };
  it.each([
    ['The harbour is quiet in the morning, and the boats lie still.', []],
    ['Too short', ['too short']],
    ['BUY NOW AND SAVE BIG MONEY TODAY', ['capitals']],
    ['{ a: 1 } | { b: 2 } | { c: 3 } # x = y; 12 34 56', ['few letters', 'symbols', 'odd words']],
    [
      'Same line here today\nSame line here today\nSame line here today\nother words now please',
      ['repeated lines', 'repetition'],
    ],
    ['- apples from here\n- pears from there\n- plums of all kinds', ['list']],
    ['猫が敷物の上に座って外を見ていた。', []],
  ])('%s', (text, wanted) => {
    expect(judgeQuality(text, rules)).toEqual(wanted);
  });
});

describe('contamination', () => {
  it('finds runs of an evaluation set, and short texts of it as a whole', () => {
    const look = indexEvaluation(['one two three four five six seven eight nine ten', 'what is the capital'], 5);
    expect(look('well: Two, three four FIVE six seven and so on')).toEqual({
      share: 6 / 10,
      longest: 'two three four five six seven',
      source: 0,
    });
    expect(look('Tell me what is the capital of it')).toMatchObject({ source: 1, longest: 'what is the capital' });
    expect(look('one two three four and five six')).toBeUndefined();
  });
  it('counts two characters as a word where a script has no spaces, whatever marks stand between', () => {
    const look = indexEvaluation(['我们昨天去了北京参观了故宫和长城', '猫が座る', '今日は'], 5);
    expect(look('天气：我们昨天去了北京，参观了故宫。真的！')).toEqual({
      share: 13 / 17,
      longest: '我们昨天去了北京参观了故宫',
      source: 0,
    });
    expect(look('我们昨天去了')).toBeUndefined();
    expect(look('今日は雨')).toBeUndefined();
  });
});
