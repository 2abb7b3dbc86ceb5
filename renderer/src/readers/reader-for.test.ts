import { expect, test } from 'vitest';
import { readerFor, readerForFolder } from './reader-for.ts';

const inWords = (found: ReturnType<typeof readerFor>): string | undefined =>
  found && `${found.spec.kind} ${found.param}`;

test('a file goes to the kind that reads it', () => {
  expect(['a.csv', 'A.TSV', 'b.parquet', 'c.jsonl', 'd.xlsx'].map((name) => inWords(readerFor(name)))).toEqual([
    'read.csv file',
    'read.csv file',
    'read.parquet file',
    'read.jsonl file',
    undefined,
  ]);
});

test('a folder goes to the kind that reads most of it', () => {
  const folders = [
    ['oak/1.png', 'oak/2.JPG', 'notes.txt'],
    ['a.wav', 'b.mp3'],
    ['a.mp4', 'b.webm'],
    ['one.md', 'two.pdf', 'cover.png'],
    ['2024.parquet', '2025.parquet', '_SUCCESS'],
    ['a.csv', 'b.csv'],
    [],
  ];
  expect(folders.map((names) => inWords(readerForFolder(names)))).toEqual([
    'read.images folder',
    'read.audio folder',
    'read.video folder',
    'read.documents folder',
    'read.parquet file',
    undefined,
    undefined,
  ]);
});
