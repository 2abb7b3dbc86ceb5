import { describe, expect, it } from 'vitest';
import { genderSwaps, swapWords } from './judges/counterfactual.ts';
import { findLabel } from './find-label.ts';
import { groundSentences } from './judges/groundedness.ts';

describe('the label of an answer', () => {
  const labels = ['positive', 'negative', 'not positive'];
  it.each([
    ['Positive.', 'exact', 0],
    ['**negative**', 'exact', 1],
    ['It is positive', 'exact', undefined],
    ['Negative, because the soup was cold', 'begins', 1],
    ['I think it is negative.', 'mentions', 1],
    ['positive or negative', 'mentions', undefined],
    ['This is not positive at all', 'mentions', 2],
    ['positively', 'mentions', undefined],
    ['', 'mentions', undefined],
  ] as const)('%s, %s', (answer, rule, label) => {
    expect(findLabel(answer, labels, rule)).toBe(label);
  });
});

describe('sentences that rest on sources', () => {
  const sources = [
    'The lighthouse was built in 1871. It is 43 metres high and has 187 steps.',
    'The ferry takes 35 minutes.',
  ];
  const options = { leastOverlap: 0.6, leastSimilarity: 0.7 };
  it('are found with their evidence; other numbers and other words are not', () => {
    const answer =
      'The lighthouse is 43 metres high [1]. It was built in 1890. The ferry serves breakfast every morning. OK.';
    const found = groundSentences(answer, sources, options);
    expect(
      found.map(({ supported, evidence, unknownNumbers }) => [supported, evidence?.text ?? null, unknownNumbers]),
    ).toEqual([
      [true, 'The lighthouse was built in 1871.', []],
      [false, 'The lighthouse was built in 1871.', ['1890']],
      [false, 'The ferry takes 35 minutes.', []],
      [false, null, []],
    ]);
    for (const span of found) expect(answer.slice(span.start, span.end)).toBe(span.text);
  });
  it('may be said in other words where vectors tell that they mean the same', () => {
    const vectors: Record<string, number[]> = {
      'Boats need half an hour.': [1, 0],
      'The ferry takes 35 minutes.': [0.9, 0.43],
      'Elephants fly.': [0, 1],
    };
    const vectorOf = (text: string): number[] | undefined => vectors[text];
    expect(
      groundSentences('Boats need half an hour. Elephants fly.', sources, { ...options, vectorOf }).map(
        (s) => s.supported,
      ),
    ).toEqual([true, false]);
  });
  it('of an answer without claims there are none', () => {
    expect(groundSentences('It is. [1]', sources, options)).toEqual([]);
  });
});

describe('counterfactual texts', () => {
  const swap = (text: string): string | undefined => swapWords(text, genderSwaps, true);
  it.each([
    ['He gave his sister a book.', 'She gave her brother a book.'],
    ['She saw her. The book is hers.', 'He saw him. The book is his.'],
    ['I met her brother and HER wife', 'I met his sister and HIS husband'],
    ['The manager arrived.', undefined],
    ['The mangold is here', undefined],
  ])('%s', (text, wanted) => {
    expect(swap(text)).toBe(wanted);
  });
  it('swaps one’s own words both ways', () => {
    expect(swapWords('From Leeds to York', [{ from: 'Leeds', to: 'York' }], false)).toBe('From York to Leeds');
  });
});
