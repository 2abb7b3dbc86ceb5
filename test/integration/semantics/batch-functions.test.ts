/** Steps that no SQL can say: a batch function is part of a model, and raw texts can be sent to it everywhere, with the batch's bits. */
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScorer } from '../../../engine/recipe/scorer/open-scorer.ts';
import type { Prediction } from '../../../engine/recipe/scorer/scorer.ts';
import { askOnnxFile } from '../../support/ask-onnx.ts';
import { askCommand, askService } from '../../support/asked-model.ts';
import { writeTinyBert, writeTinyEncoder } from '../../support/tiny-encoder.ts';
import { toCsv, Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';

interface Note {
  readonly [name: string]: string | number | null;
}
const sentences = [
  'The weather on the island is mild and the sea is warm.',
  'Der Hund schläft den ganzen Tag auf dem alten Sofa.',
  'Le chat dort toute la journée sur le vieux canapé.',
  'ok',
  null,
  'Кошка весь день сидела на коврике у двери.',
  'It\'s "quoted" here, and the $1 and $$ stand for nothing at all.',
];
const makeNotes = (count: number, first: number): Note[] =>
  Array.from({ length: count }, (_, i) => {
    const k = first + i;
    const text = sentences[(k * 5) % sentences.length] ?? null;
    const said = text === null ? null : `${text} ${'x'.repeat(k % 3)}`.trim();
    return { id: k, n: (k * 37) % 101, text: said, y: (k % 7 === 1) === (k * 37) % 101 > 20 ? 'yes' : 'no' };
  });
const names = ['id', 'n', 'text', 'y'];
let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('notes.csv', toCsv(names, makeNotes(240, 1)));
  await workshop.write('new.csv', toCsv(names, makeNotes(60, 1000)));
});
afterAll(() => workshop[Symbol.asyncDispose]());

const csv = (file: string): SketchedNode => ({
  kind: 'read.csv',
  params: { file, types: { id: 'text', n: 'number', text: 'text', y: 'text' } },
});
const predict: SketchedNode = { kind: 'predict.rows' };
const onlyAnswers = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => /^(prediction|probability_)/.test(name)));
const flatten = ({ prediction, probabilities, note }: Prediction): Record<string, unknown> => ({
  prediction,
  ...Object.fromEntries(
    ['no', 'yes'].map((label) => [`probability_${label}`, probabilities === null ? null : probabilities[label]]),
  ),
  ...(note === undefined ? {} : { prediction_note: note }),
});

const split: SketchedNode = { kind: 'split.rows', params: { target: 'y', id: 'id' } };
const learner: Record<string, SketchedNode> = {
  encode: { kind: 'prepare.encode', params: { method: 'one-hot', columns: { by: 'names', names: ['language'] } } },
  train: {
    kind: 'train.gradient-boosting',
    params: { trees: 10, minRowsInLeaf: 5, columns: { by: 'all', except: ['text'] } },
  },
  judge: { kind: 'evaluate.classification' },
};
interface ModelText {
  base: { columns: { name: string }[]; made?: unknown };
  needed: string[];
  steps: { made?: { function: string; version: number } }[];
}
const modelOf = async (run: FinishedRun): Promise<ModelText> => JSON.parse(await run.text('train', 'model.json'));

/** The pipeline, the rows that are new to it, and their answers by every way that there is. */
async function everyWay(
  step: SketchedNode,
  order: 'before Split' | 'after Split',
): Promise<{ run: FinishedRun; batch: Record<string, unknown>[] }> {
  const [first, second] = order === 'after Split' ? ['split', 'step'] : ['step', 'split'];
  const run = await workshop.run(
    {
      read: csv('notes.csv'),
      split,
      step,
      ...learner,
      new: csv('new.csv'),
      'at-new': predict,
      'at-encode': predict,
      'at-read': predict,
    },
    [
      `read.rows -> ${first}.rows`,
      `${first}.rows -> ${second}.rows`,
      `${second}.rows -> encode.rows`,
      'encode.rows -> train.rows',
      'train.model -> judge.model',
      'encode.rows -> judge.rows',
      ...['new', 'encode', 'read'].flatMap((at) => [`train.model -> at-${at}.model`, `${at}.rows -> at-${at}.rows`]),
    ],
  );
  expect(run.problems).toEqual([]);
  const asked = makeNotes(60, 1000).toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])));
  const batch = (await run.rows('at-new', 'id')).map(onlyAnswers);
  expect(batch).toHaveLength(60);
  const rows = asked.map(({ n, text }) => ({ n: n ?? null, text: text ?? null }));
  const scorer = await openScorer(run.artifact('train').folder);
  try {
    expect((await scorer.predictRows(rows)).map(flatten)).toMatchObject(batch.map(withoutMissingNote));
    for (const [i, row] of rows.slice(0, 14).entries())
      expect((await scorer.predictRows([row])).map(flatten)).toMatchObject([withoutMissingNote(batch[i] ?? {})]);
    // Those that ask at once are answered together, each by its own.
    const together = await Promise.all(rows.map((row) => scorer.predictRows([row])));
    expect(together.flat().map(flatten)).toMatchObject(batch.map(withoutMissingNote));
    // Odd texts take another way to the same answer.
    const odd = ['a\0b', '\ud800', '', "it's", 'x'.repeat(5000)].map((text) => ({ n: 7, text }));
    const alone = [];
    for (const row of odd) alone.push(...(await scorer.predictRows([row])));
    expect((await scorer.predictRows([...rows, ...odd])).slice(rows.length)).toEqual(alone);
  } finally {
    await scorer.close();
  }
  expect((await askService(run.artifact('train'), rows)).map(flatten)).toMatchObject(batch.map(withoutMissingNote));
  await workshop.write('asked.csv', toCsv(['n', 'text'], rows));
  const printed = await askCommand(workshop.folder, run.artifact('train').key, 'asked.csv');
  expect(printed.map(onlyAnswers)).toEqual(batch);
  return { run, batch };
}
const withoutMissingNote = (row: Record<string, unknown>): Record<string, unknown> =>
  row['prediction_note'] === null
    ? Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'prediction_note'))
    : row;

describe('Detect language', () => {
  const detect: SketchedNode = { kind: 'language.detect-language', params: { column: 'text' } };
  test.each(['before Split', 'after Split'] as const)('%s is a step of the model, which takes texts', async (order) => {
    const { run } = await everyWay(detect, order);
    const model = await modelOf(run);
    expect(model.base.columns.map((c) => c.name)).toEqual(names);
    expect(model.base.made).toBeUndefined();
    expect(model.needed).toEqual(['n', 'text']);
    expect(model.steps.flatMap(({ made }) => made ?? [])).toMatchObject([{ function: 'detect-language', version: 1 }]);
    // Rows that were on the way are answered as those that come anew.
    const answers = async (at: string) => (await run.rows(at, 'id')).map(onlyAnswers);
    expect(await answers('at-encode')).toEqual(await answers('at-read'));
    const folder = join(workshop.folder, `other ${order}`);
    await cp(run.artifact('train').folder, folder, { recursive: true });
    for (const { made } of model.steps) if (made !== undefined) made.version++;
    await writeFile(join(folder, 'model.json'), JSON.stringify(model));
    await expect(openScorer(folder)).rejects.toMatchObject({ code: 'model.other-function' });
  });

  test('after Split, its choice of languages holds for everyone, and says so of a row that it leaves out', async () => {
    const { run, batch } = await everyWay(
      { kind: 'language.detect-language', params: { column: 'text', keep: ['en', 'de'], unknown: true } },
      'after Split',
    );
    const left = batch.filter((row) => row['prediction'] === null);
    expect(left.length).toBeGreaterThan(5);
    expect(left[0]?.['prediction_note']).toBe('Left out by "Detect language": keep texts in en, de.');
    expect(await run.rows('at-encode')).not.toContainEqual(expect.objectContaining({ prediction: null }));
  });

  test('before Split, its choice is one of the data alone', async () => {
    const { batch } = await everyWay(
      { kind: 'language.detect-language', params: { column: 'text', keep: ['en', 'de'], unknown: true } },
      'before Split',
    );
    expect(batch.filter((row) => row['prediction'] === null)).toEqual([]);
  });
});

test('behind Mask personal data a model takes texts as they were written', async () => {
  const word: SketchedNode = {
    kind: 'clean.derive',
    params: {
      columns: [{ name: 'language', expression: "CASE WHEN text LIKE '%[NAME]%' THEN 'named' ELSE 'none' END" }],
    },
  };
  const people = (count: number, first: number): Note[] =>
    makeNotes(count, first).map((note, i) => ({
      ...note,
      text: i % 3 === 0 ? 'Dr Miller writes.' : (note['text'] ?? null),
    }));
  await workshop.write('people.csv', toCsv(names, people(240, 1)));
  await workshop.write('others.csv', toCsv(names, people(40, 1000)));
  const run = await workshop.run(
    {
      read: csv('people.csv'),
      split,
      mask: { kind: 'language.mask-pii', params: { column: 'text' } },
      word,
      ...learner,
      new: csv('others.csv'),
      'at-new': predict,
    },
    [
      'read.rows -> split.rows',
      'split.rows -> mask.rows',
      'mask.rows -> word.rows',
      'word.rows -> encode.rows',
      'encode.rows -> train.rows',
      'train.model -> judge.model',
      'encode.rows -> judge.rows',
      'train.model -> at-new.model',
      'new.rows -> at-new.rows',
    ],
  );
  expect(run.problems).toEqual([]);
  const model = await modelOf(run);
  expect(model.needed).toEqual(['n', 'text']);
  expect(model.steps.flatMap(({ made }) => made ?? [])).toMatchObject([{ function: 'mask-personal-data', version: 1 }]);
  const rows = people(40, 1000)
    .toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))
    .map(({ n, text }) => ({ n: n ?? null, text: text ?? null }));
  const scorer = await openScorer(run.artifact('train').folder);
  const answers = await scorer.predictRows(rows);
  await scorer.close();
  expect(answers.map(flatten)).toEqual((await run.rows('at-new', 'id')).map(onlyAnswers));
});

describe('Embed text', () => {
  const words = 'the cat kitten dog bread soup cheese money bank loan rain snow storm sun'.split(' ');
  const phrase = (k: number): string | null =>
    k % 17 === 0
      ? null
      : Array.from({ length: 1 + (k % 9) }, (_, i) => words[(k * 7 + i * 5) % words.length]).join(' ');
  const phrases = (count: number, first: number): Note[] =>
    Array.from({ length: count }, (_, i) => {
      const id = first + i;
      const text = phrase(id);
      return { id, n: (id * 37) % 101, text, y: text?.includes('bread') === true ? 'yes' : 'no' };
    });
  const columns = { by: 'pattern', pattern: 'e_*' };

  test.each([
    [
      'an ONNX file',
      writeTinyEncoder,
      { train: { kind: 'train.gradient-boosting', params: { trees: 10, minRowsInLeaf: 5, columns } } },
    ],
    [
      'weights',
      writeTinyBert,
      {
        impute: { kind: 'prepare.impute', params: { columns } },
        train: { kind: 'train.logistic-regression', params: { columns } },
      },
    ],
  ] as const)('by %s is a step of the model, which carries the encoder', async (what, write, behind) => {
    await using own = await Workshop.open();
    await write(join(own.folder, 'encoder'));
    await own.write('notes.csv', toCsv(names, phrases(240, 1)));
    await own.write('new.csv', toCsv(names, phrases(60, 1000)));
    const chain = ['embed', ...Object.keys(behind)];
    const run = await own.run(
      {
        read: csv('notes.csv'),
        split,
        embed: { kind: 'prepare.embed-text', params: { column: 'text', encoder: 'encoder', name: 'e' } },
        ...behind,
        new: csv('new.csv'),
        'at-new': predict,
        export: { kind: 'write.onnx', params: { file: 'model.onnx' } },
        'at-embed': predict,
        'at-read': predict,
      },
      [
        'read.rows -> split.rows',
        'split.rows -> embed.rows',
        'train.model -> export.model',
        ...chain.slice(1).map((name, i) => `${chain[i]}.rows -> ${name}.rows`),
        ...['new', 'embed', 'read'].flatMap((at) => [`train.model -> at-${at}.model`, `${at}.rows -> at-${at}.rows`]),
      ],
    );
    expect(run.problems).toEqual([]);
    const model = await modelOf(run);
    expect(model.base.made).toBeUndefined();
    expect(model.needed).toEqual(['text']);
    expect(model.steps.flatMap(({ made }) => made ?? [])).toMatchObject([
      {
        function: 'embed-text',
        version: 1,
        files: expect.arrayContaining([
          {
            path: what === 'weights' ? 'model.safetensors' : 'model.onnx',
            file: expect.stringMatching(/^step-1-0-model\./),
            bytes: expect.any(Number),
            sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
        ]),
      },
    ]);
    const answers = async (at: string) => (await run.rows(at, 'id')).map(onlyAnswers);
    expect(await answers('at-embed')).toEqual(await answers('at-read'));
    const batch = await answers('at-new');
    // An exported file takes the numbers that the encoder gave.
    const embedded = await run.rows('embed', 'id');
    const feeds = Object.fromEntries(
      Object.keys(embedded[0] ?? {})
        .filter((name) => name.startsWith('e_'))
        .map((name) => {
          const values = Float64Array.from(embedded, (row) => Number(row[name] ?? Number.NaN));
          return [name, { type: 'float64' as const, shape: [embedded.length, 1], values }];
        }),
    );
    const exported = await askOnnxFile(join(own.folder, 'model.onnx'), feeds);
    for (const [i, row] of (await answers('at-embed')).entries())
      expect(exported.probabilities?.[2 * i]).toBeCloseTo(Number(row['probability_no']), 6);
    // The model needs neither the folder of the encoder nor the workspace that it was trained in.
    const folder = join(own.folder, 'elsewhere');
    await cp(run.artifact('train').folder, folder, { recursive: true });
    await rm(join(own.folder, 'encoder'), { recursive: true });
    const rows = phrases(60, 1000)
      .toSorted((a, b) => String(a['id']).localeCompare(String(b['id'])))
      .map(({ text }) => ({ text: text ?? null }));
    const scorer = await openScorer(folder);
    try {
      expect((await scorer.predictRows(rows)).map(flatten)).toEqual(batch);
      for (const [i, row] of rows.slice(0, 20).entries())
        expect((await scorer.predictRows([row])).map(flatten)).toEqual([batch[i]]);
      const together = await Promise.all(rows.map((row) => scorer.predictRows([row])));
      expect(together.flat().map(flatten)).toEqual(batch);
    } finally {
      await scorer.close();
    }
    expect((await askService(run.artifact('train'), rows)).map(flatten)).toEqual(batch);
    await own.write('asked.csv', toCsv(['text'], rows));
    expect((await askCommand(own.folder, run.artifact('train').key, 'asked.csv')).map(onlyAnswers)).toEqual(batch);
    const [network = ''] = (await readdir(folder)).filter((name) => name.startsWith('step-1-0-'));
    await writeFile(join(folder, network), 'another');
    await expect(openScorer(folder)).rejects.toMatchObject({ code: 'model.unreadable' });
  });
});
