/** The metrics that are sums over pairs, by name, in the order in which they are shown. */
import { exactMatch, tokenF1 } from './answer-metrics.ts';
import { bleu } from './bleu.ts';
import type { BleuTokenizer } from './bleu-tokenizers.ts';
import { chrf } from './chrf.ts';
import { characterErrorRate, wordErrorRate } from './error-rates.ts';
import { rouge, rougeKinds, type RougeTokens } from './rouge.ts';
import { ter } from './ter.ts';
import type { TextMetric } from './text-metric.ts';

export interface TextMetricOptions {
  tokenizer?: BleuTokenizer;
  rougeTokens?: RougeTokens;
}

/** BLEU, chrF, chrF++, TER and the ROUGEs: what sacreBLEU and rouge-score give. */
export function referenceMetrics({
  tokenizer = '13a',
  rougeTokens: tokens = 'rouge-score',
}: TextMetricOptions = {}): TextMetric[] {
  return [
    bleu({ tokenizer }),
    chrf(),
    chrf({ wordOrder: 2 }),
    ter(),
    ...rougeKinds.map((kind) => rouge(kind, { tokens })),
    ...rougeKinds.map((kind) => rouge(kind, { tokens, stem: true })),
  ];
}

export const answerMetrics = (): TextMetric[] => [exactMatch(), tokenF1()];
export const errorRateMetrics = (): TextMetric[] => [wordErrorRate(), characterErrorRate()];
