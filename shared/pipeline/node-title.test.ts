import { expect, test } from 'vitest';
import { nodeTitle } from './node-title.ts';

const csv = { title: 'CSV file', category: 'read' } as const;

test('a reader is called by its file, unless a person named it', () => {
  expect(nodeTitle({ params: { file: 'data/churn.csv' } }, csv)).toBe('churn.csv');
  expect(nodeTitle({ params: { folder: 'scans/2026/' } }, csv)).toBe('2026');
  expect(nodeTitle({ params: { file: String.raw`C:\data\churn.csv` } }, csv)).toBe('churn.csv');
  expect(nodeTitle({ title: 'Customers', params: { file: 'data/churn.csv' } }, csv)).toBe('Customers');
});

test('without a file, or with one that the run gives, it is called by its kind', () => {
  expect(nodeTitle({ params: {} }, csv)).toBe('CSV file');
  for (const file of ['', '/', { parameter: 'file' }]) expect(nodeTitle({ params: { file } }, csv)).toBe('CSV file');
});

test('what reads no file keeps the name of its kind, whatever its settings are called', () => {
  expect(nodeTitle({ params: { file: 'a.csv' } }, { title: 'Save table', category: 'deploy' as const })).toBe(
    'Save table',
  );
  expect(nodeTitle({ params: { file: 'a.csv' } }, undefined)).toBeUndefined();
});
