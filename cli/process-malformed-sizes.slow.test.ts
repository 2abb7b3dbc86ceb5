/** What is far deeper, longer or stranger than any pipeline: told in a sentence by the real command, never by a stack or an abort. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { zipOf } from '../test/support/zip-of.ts';
import { makeCommandFolder, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => (here = makeCommandFolder()));
afterAll(() => here.remove());

const read = { kind: 'read.example' };
const after = (params: Record<string, unknown>, kind = 'combine.sql') => ({
  flowyard: 1,
  nodes: { read, next: { kind, params } },
  wires: ['read.rows -> next.rows'],
});
const chain = (count: number) => ({
  flowyard: 1,
  nodes: Object.fromEntries([
    ['read', read],
    ...Array.from({ length: count }, (_, i) => [
      `n${i}`,
      { kind: 'combine.sql', params: { query: 'SELECT * FROM rows' } },
    ]),
  ]),
  wires: Array.from({ length: count }, (_, i) => `${i === 0 ? 'read' : `n${i - 1}`}.rows -> n${i}.rows`),
});
const deep = 1_000_000;
const withParam = (text: string): string =>
  `{"flowyard":1,"nodes":{"read":{"kind":"read.example","params":{"a":${text}}}}}`;

it.each<[name: string, pipeline: unknown, says: RegExp]>([
  ['3,000 nodes one after the other', chain(3000), /More than 500 nodes stand one after the other: "n499"/],
  ['lists a million deep', withParam(`${'['.repeat(deep)}${']'.repeat(deep)}`), /more than 200 deep in each other/],
  ['objects a million deep', withParam(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`), /more than 200 deep/],
  ['a file of 70 MB', `{"flowyard":1,"title":"${'x'.repeat(70e6)}"}`, /larger than 64 MB/],
  ['a text of 30 MB in a query', after({ query: `SELECT length('${'x'.repeat(30e6)}') AS n FROM rows` }), /Done in/],
  [
    'a name of zero in a path',
    after({ file: 'a\0b.csv' }, 'write.table'),
    /holds a character of zero|lies outside the workspace/,
  ],
  [
    'a node __proto__',
    `{"flowyard":1,"nodes":{"__proto__":{"kind":"read.example"}},"wires":["__proto__.rows -> a.rows"]}`,
    /"__proto__" is a name that JavaScript keeps for itself/,
  ],
])('%s', async (name, pipeline, says) => {
  const file = here.write('strange.pipeline.json', pipeline);
  const ended = await here.run('run', file, '--no-cache');
  expect([name, `${ended.out}${ended.err}`.slice(-2000)]).toEqual([name, expect.stringMatching(says)]);
  expect(`${ended.out}${ended.err}`).not.toMatch(/^ {4}at |fault in Flowyard|call stack/m);
});

it('columns named after what objects have are columns; one that no object can hold is refused', async () => {
  const rows = Array.from({ length: 80 }, (_, i) => `${i % 7},${i % 3},${'cde'[i % 3]},${'ab'[i % 2]}`).join('\n');
  const flow = (file: string) => ({
    flowyard: 1,
    nodes: {
      read: { kind: 'read.csv', params: { file } },
      split: { kind: 'split.rows', params: { target: 'y', seed: 1 } },
      codes: { kind: 'prepare.encode' },
      model: { kind: 'train.logistic-regression' },
      measure: { kind: 'evaluate.classification' },
    },
    wires: [
      'read.rows -> split.rows',
      'split.rows -> codes.rows',
      'codes.rows -> model.rows',
      'model.model -> measure.model',
      'codes.rows -> measure.rows',
    ],
  });
  here.write('names.csv', `constructor,toString,valueOf,y\n${rows}\n`);
  here.write('proto.csv', `__proto__,b,c,y\n${rows}\n`);
  const fine = await here.run('run', here.write('names.pipeline.json', flow('names.csv')));
  expect([fine.code, fine.out]).toEqual([0, expect.stringMatching(/measure: accuracy/)]);
  const refused = await here.run('run', here.write('proto.pipeline.json', flow('proto.csv')));
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('A column cannot be named "__proto__".')]);
});

it('a text of 100 MB in an archive is named with its size, and the others are read', async () => {
  const large = Buffer.alloc(100 * 2 ** 20, 'some words ');
  const entries = [
    { path: 'small.txt', bytes: Buffer.from('a few words') },
    { path: 'large.txt', bytes: large },
  ];
  writeFileSync(join(here.folder, 'texts.zip'), zipOf(entries));
  const pipeline = {
    flowyard: 1,
    nodes: { read: { kind: 'read.documents', params: { from: 'folder', folder: 'texts.zip' } } },
  };
  const ended = await here.run('run', here.write('texts.pipeline.json', pipeline));
  expect([ended.code, ended.out]).toEqual([
    1,
    expect.stringContaining('"large.txt" has 100 MB, and a file of its kind may have 64 MB'),
  ]);
});
