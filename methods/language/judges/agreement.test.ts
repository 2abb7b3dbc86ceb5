import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval, cohenKappa, correctedRate, wilsonInterval } from './agreement.ts';
import { countPassages, readCitations, splitCitations } from '../../../shared/language/citations.ts';
import { readVerdict } from '../../../shared/language/judge-prompt.ts';
import { agreementOf, labelAsVerdict, noiseOf, settle, swapped } from './judge.ts';
import { judgeReport, type JudgedItem } from './judge-report.ts';
import { chooseByProbability, rightChoice } from '../multiple-choice.ts';
import { addScores, bitsPerByte, perplexity, scoreOf } from '../perplexity.ts';

interface Fixtures {
  cases: { labels: string[]; a: string[]; b: string[]; kappa: number | null; quadratic: number | null }[];
  wilson: { hits: number; count: number; interval: [number, number] }[];
}
const fixtures: Fixtures = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'agreement.json'), 'utf8'));

describe('agreement', () => {
  it.each(fixtures.cases.map((one) => [one.labels.join('/'), one] as const))(
    'kappa of %s is scikit-learn’s',
    (_name, { labels, a, b, kappa, quadratic }) => {
      expect(cohenKappa(a, b, { labels })).toBeCloseTo(kappa ?? 0, 12);
      expect(cohenKappa(a, b, { labels, quadratic: true })).toBeCloseTo(quadratic ?? 0, 12);
    },
  );

  it('kappa is not defined for one label alone, nor for nothing', () => {
    expect([cohenKappa(['a', 'a'], ['a', 'a'], { labels: ['a', 'b'] }), cohenKappa([], [], { labels: ['a'] })]).toEqual(
      [null, null],
    );
  });

  it.each(fixtures.wilson)('Wilson’s interval of $hits in $count', ({ hits, count, interval }) => {
    const found = wilsonInterval(hits, count);
    expect(found?.low).toBeCloseTo(interval[0], 12);
    expect(found?.high).toBeCloseTo(interval[1], 12);
  });

  it('the bootstrap of a mean covers what the normal formula does, the same each time', () => {
    const values = Array.from({ length: 200 }, (_, i) => (i * 37) % 100);
    const mean = (items: readonly number[]): number =>
      items.reduce((sum, i) => sum + (values[i] ?? 0), 0) / items.length;
    const found = bootstrapInterval(200, mean);
    const half = (1.96 * Math.sqrt(833)) / Math.sqrt(200);
    expect(found?.low).toBeCloseTo(49.5 - half, -0.5);
    expect(found?.high).toBeCloseTo(49.5 + half, -0.5);
    expect(bootstrapInterval(200, mean)).toEqual(found);
  });

  it('a rate is freed of a judge’s known errors, and is not known of a judge by chance', () => {
    expect(correctedRate(0.6, 0.9, 0.8)).toBeCloseTo(0.4 / 0.7, 12);
    expect(correctedRate(0.6, 0.5, 0.5)).toBeNull();
    expect(correctedRate(0.05, 0.9, 0.9)).toBe(0);
  });
});

describe('a judge', () => {
  it('gives a verdict of its scale or none', () => {
    expect(readVerdict('{"reason":"fine","verdict":"pass"}', 'pass-fail')).toEqual({ verdict: 'pass', reason: 'fine' });
    expect(
      ['{"verdict":"cannot_judge"}', '{"verdict":"5"}', 'pass', '{'].map((text) => readVerdict(text, 'pass-fail')),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('settles repeats by the commonest or the middle verdict; what was not judged is left out', () => {
    expect(settle({ verdicts: ['pass', 'fail', 'pass'] }, 'pass-fail')).toBe('pass');
    expect(settle({ verdicts: ['pass', 'fail', null] }, 'pass-fail')).toBeNull();
    expect(settle({ verdicts: [null, null] }, 'pass-fail')).toBeNull();
    expect(settle({ verdicts: ['5', '1', '4'] }, 'one-to-five')).toBe('4');
    expect(settle({ verdicts: ['first', 'second'], orderAgreed: [false] }, 'pairwise')).toBe('tie');
    expect(settle({ verdicts: ['first', 'first'], orderAgreed: [true] }, 'pairwise')).toBe('first');
    expect(['first', 'second', 'tie'].map(swapped)).toEqual(['second', 'first', 'tie']);
  });

  it('is as noisy as its repeats differ', () => {
    expect(
      noiseOf([{ verdicts: ['pass', 'pass'] }, { verdicts: ['pass', 'fail'] }, { verdicts: ['pass', null] }]),
    ).toBe(0.5);
    expect(noiseOf([{ verdicts: ['pass'] }])).toBeNull();
  });

  it('reads people’s labels, and refuses what is none', () => {
    expect([
      labelAsVerdict('TRUE', 'pass-fail'),
      labelAsVerdict('4.0', 'one-to-five'),
      labelAsVerdict('A', 'pairwise'),
      labelAsVerdict('meh', 'pass-fail'),
    ]).toEqual(['pass', '4', 'first', null]);
  });

  it('tells its agreement with an interval, and counts what it could not judge', () => {
    const item = (verdict: string | null, label: string | null): JudgedItem => ({
      verdict,
      label,
      reason: '',
      verdicts: [verdict, verdict],
    });
    const items = [
      ...Array.from({ length: 40 }, () => item('pass', 'pass')),
      ...Array.from({ length: 15 }, () => item('fail', 'fail')),
      ...Array.from({ length: 5 }, () => item('pass', 'fail')),
      item(null, 'pass'),
    ];
    const { metrics, report } = judgeReport('tiny', 'pass-fail', 2, items);
    expect(metrics['not_judged']?.value).toBe(1);
    expect(metrics['pass_rate']?.value).toBeCloseTo(0.75, 12);
    expect(metrics['pass_rate_corrected']?.value).toBeCloseTo((0.75 + 0.75 - 1) / 0.75, 12);
    expect(metrics['kappa']?.value).toBeCloseTo(0.8, 1);
    expect(metrics['noise']?.value).toBe(0);
    expect(JSON.stringify(report.blocks)).toContain('95 % interval');
    expect(agreementOf([], 'pass-fail')).toBeNull();
  });

  it('without anybody’s verdict beside it, shows how often each verdict was given and what it could not judge', () => {
    const items = ['4', '4', '1', null].map((verdict): JudgedItem => ({
      verdict,
      label: null,
      reason: '',
      verdicts: [verdict],
    }));
    const { report } = judgeReport('tiny', 'one-to-five', 1, items);
    expect(report.blocks.find((block) => block.type === 'chart')).toMatchObject({
      title: 'Verdicts',
      data: { verdict: ['1', '2', '3', '4', '5'], answers: [1, 0, 0, 2, 0] },
      caption: 'Most frequent: 4, 2 of 3.',
    });
    const tiles = report.blocks.flatMap((block) => (block.type === 'metrics' ? block.items : []));
    expect(tiles.find(({ name }) => name === 'not_judged')).toMatchObject({ value: 1, count: true });
  });
});

it('perplexity counts tokens, words and bytes, and sums over texts before it divides', () => {
  const tokens = [
    { text: 'ünï', logProbability: -2 },
    { text: ' two', logProbability: -1 },
  ];
  const score = scoreOf('ünï two', tokens);
  expect(score).toEqual({ logProbability: -3, tokens: 2, words: 2, bytes: 9 });
  const both = addScores([score, { logProbability: -9, tokens: 1, words: 1, bytes: 1 }]);
  expect(perplexity(both, both.tokens)).toBeCloseTo(Math.exp(4), 12);
  expect(bitsPerByte(score)).toBeCloseTo(3 / (9 * Math.LN2), 12);
  expect([perplexity(score, 0), bitsPerByte({ ...score, bytes: 0 })]).toEqual([null, null]);
});

it('a choice is made by probability, and by probability for each byte', () => {
  expect(
    chooseByProbability([
      { logProbability: -4, bytes: 2 },
      { logProbability: -5, bytes: 10 },
    ]),
  ).toEqual({ best: 0, bestByLength: 1, margin: 1 });
  const texts = ['Paris', 'Rome', null];
  expect(
    ['paris', 'b', 'B', '2', 'C', '9', 'none'].map((answer) => rightChoice(answer, ['a', 'b', 'c'], texts)),
  ).toEqual([0, 1, 1, 1, 2, null, null]);
});

it('citations are counted against the passages that there were', () => {
  const context = '[1] (a.txt) One.\n\n[2] (b.txt) Two [7].\n\n[3] Three.';
  expect(countPassages(context)).toBe(3);
  expect(readCitations('So [2], and so [1, 2]; but not [4] or [x].', 3)).toEqual({ cited: [2, 1], unknown: 1 });
  expect(readCitations('So [1-3] and 【2】, in [2019-2020] and [3–5].', 3)).toEqual({ cited: [1, 2, 3], unknown: 2 });
  expect(splitCitations('A [1-2].')).toEqual([{ text: 'A ' }, { cites: 1 }, { cites: 2 }, { text: '.' }]);
});
