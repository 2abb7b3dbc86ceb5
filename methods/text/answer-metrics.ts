/**
 * Exact match and token F1 of answers, as SQuAD 2.0's evaluation defines them (Rajpurkar et al., 2018): in lower case, without ASCII punctuation, without the articles
 * a, an, the, white space made one. Of several references the best counts. Two empty answers agree; an empty one against another does not.
 */
import { largest } from '../../shared/append.ts';
import { countNgrams, overlap } from './count-ngrams.ts';
import type { TextMetric } from './text-metric.ts';
import { splitWords } from './white-space.ts';

// Word boundaries as Python's `\b` sees them: of letters and digits of every script.
const articles = /(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu;

export function answerWords(text: string): string[] {
  return splitWords(
    text
      .toLowerCase()
      .replace(/[!-/:-@[-`{-~]/g, '')
      .replace(articles, ' '),
  );
}

export function exactMatch(): TextMetric {
  return {
    name: 'exact_match',
    title: 'Exact match',
    better: 'higher',
    scale: 1,
    statistics: (candidate, references) => {
      const said = answerWords(candidate).join(' ');
      return [references.some((reference) => answerWords(reference).join(' ') === said) ? 1 : 0, 1];
    },
    score: ([sum = 0, pairs = 0]) => sum / pairs,
    signature: (references) => `nrefs:${references}|norm:squad|multi:best|agg:mean|v1`,
  };
}

export function tokenF1(): TextMetric {
  return {
    name: 'token_f1',
    title: 'Token F1',
    better: 'higher',
    scale: 1,
    statistics: (candidate, references) => {
      const said = answerWords(candidate);
      return [largest(references.map((reference) => f1(said, answerWords(reference)))), 1];
    },
    score: ([sum = 0, pairs = 0]) => sum / pairs,
    signature: (references) => `nrefs:${references}|norm:squad|empty:squad2|multi:best|agg:mean|v1`,
  };
}

function f1(said: readonly string[], wanted: readonly string[]): number {
  if (said.length === 0 || wanted.length === 0) return said.length === wanted.length ? 1 : 0;
  const shared = overlap(countNgrams(said, 1, ' '), countNgrams(wanted, 1, ' '));
  if (shared === 0) return 0;
  const [precision, recall] = [shared / said.length, shared / wanted.length];
  return (2 * precision * recall) / (precision + recall);
}
