import { expect, it } from 'vitest';
import { freeName, suggestName, withEnding } from './file-names.ts';

it('a pipeline gets a name of its title, and says what it is once', () => {
  expect(['Customer churn', 'Churn pipeline', 'pipeline', '', 'Größe & Preis'].map(suggestName)).toEqual([
    'customer-churn.pipeline.json',
    'churn.pipeline.json',
    'untitled.pipeline.json',
    'untitled.pipeline.json',
    'größe-preis.pipeline.json',
  ]);
  expect(['a', 'a.json', 'a.pipeline.json', 'a.flowyard'].map(withEnding)).toEqual([
    'a.pipeline.json',
    'a.pipeline.json',
    'a.pipeline.json',
    'a.flowyard',
  ]);
  expect(freeName('Churn', new Set(['churn.pipeline.json']))).toBe('churn-2.pipeline.json');
});
