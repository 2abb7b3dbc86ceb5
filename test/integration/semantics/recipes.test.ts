/** Semantics, case by case: rows are known to a model by how they were made, never by the names of their columns. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScorer } from '../../../engine/recipe/scorer/open-scorer.ts';
import { openServedScorer } from '../../../cli/served-scorer.ts';
import { rowJsonSchema } from '../../../engine/serve/row-schema.ts';
import { askCommand, askService } from '../../support/asked-model.ts';
import { toCsv, Workshop, type FinishedRun, type SketchedNode } from '../../support/workshop.ts';

interface Note {
  readonly [name: string]: string | number;
}
const words = ['red', 'green', 'blue', 'black'];
const makeNotes = (count: number, first: number): Note[] =>
  Array.from({ length: count }, (_, i) => {
    const n = (i * 37 + first) % 101;
    const text = words[(i + first) % 4] ?? '';
    return { id: first + i, n, text, y: n > 50 === (text !== 'red') ? 'yes' : 'no' };
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
const query = (text: string): SketchedNode => ({ kind: 'combine.sql', params: { query: text } });
const predict: SketchedNode = { kind: 'predict.rows' };
const keepsNames = 'SELECT id, n*1000 AS n, reverse(text) AS text, y FROM rows';
const mixes = `${keepsNames} QUALIFY row_number() OVER (PARTITION BY id ORDER BY n) = 1`;
const learner: Record<string, SketchedNode> = {
  split: { kind: 'split.rows', params: { target: 'y', id: 'id' } },
  encode: { kind: 'prepare.encode', params: { method: 'one-hot', columns: { by: 'names', names: ['text'] } } },
  train: { kind: 'train.gradient-boosting', params: { trees: 10, minRowsInLeaf: 5 } },
};
const learnerWires = ['split.rows -> encode.rows', 'encode.rows -> train.rows'];
const onlyAnswers = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => /^(id$|prediction|probability_)/.test(name)));
const answersOf = (run: FinishedRun, node: string) => run.rows(node, 'id').then((rows) => rows.map(onlyAnswers));

describe('a query before Split that keeps the names of its columns', () => {
  test('is a step of the recipe where each row is made from one row: raw rows are answered as those behind it', async () => {
    const run = await workshop.run(
      {
        read: csv('notes.csv'),
        query: query(keepsNames),
        ...learner,
        'at-read': predict,
        'at-query': predict,
        'at-encode': predict,
        new: csv('new.csv'),
        'at-new': predict,
        same: query(keepsNames),
        'at-same': predict,
      },
      [
        'read.rows -> query.rows',
        'query.rows -> split.rows',
        ...learnerWires,
        ...['read', 'query', 'encode', 'new'].flatMap((at) => [
          `train.model -> at-${at}.model`,
          `${at}.rows -> at-${at}.rows`,
        ]),
        'new.rows -> same.rows',
        'same.rows -> at-same.rows',
        'train.model -> at-same.model',
      ],
    );
    expect(run.problems).toEqual([]);
    const behind = await answersOf(run, 'at-query');
    expect(new Set(behind.map((row) => row['prediction'])).size).toBe(2);
    expect(await answersOf(run, 'at-read')).toEqual(behind);
    expect(await answersOf(run, 'at-encode')).toEqual(behind);
    // Another file, brought through the query here or by the model: one answer.
    const fresh = await answersOf(run, 'at-new');
    expect(await answersOf(run, 'at-same')).toEqual(fresh);
    const printed = await askCommand(workshop.folder, run.artifact('train').key, 'new.csv');
    expect(printed.map(onlyAnswers)).toEqual(fresh);
    const served = await askService(
      run.artifact('train'),
      makeNotes(60, 1000).map(({ n = 0, text = '' }) => ({ n, text })),
    );
    expect(served.map((one) => one.prediction)).toEqual(fresh.map((row) => row['prediction']));
    expect(run.warnings.filter((w) => w.code === 'model.other-branch')).toEqual([]);
  });

  test('ends the recipe where it may mix rows: raw rows are refused by its name, rows that went through the same query are not', async () => {
    const reversed = makeNotes(60, 1000).map(({ id = 0, n = 0, text = '', y = '' }) => ({
      id,
      n: Number(n) * 1000,
      text: String(text).split('').reverse().join(''),
      y,
    }));
    await workshop.write('prepared.csv', toCsv(names, reversed));
    await workshop.write('no-text.csv', toCsv(['id', 'n', 'y'], reversed));
    const run = await workshop.run(
      {
        read: csv('notes.csv'),
        query: query(mixes),
        ...learner,
        judge: { kind: 'evaluate.model' },
        'at-read': predict,
        'at-query': predict,
        new: csv('new.csv'),
        'at-new': predict,
        same: query(mixes),
        'at-same': predict,
      },
      [
        'read.rows -> query.rows',
        'query.rows -> split.rows',
        ...learnerWires,
        ...['read', 'query', 'new'].flatMap((at) => [`train.model -> at-${at}.model`, `${at}.rows -> at-${at}.rows`]),
        'train.model -> judge.model',
        'split.rows -> judge.rows',
        'new.rows -> same.rows',
        'same.rows -> at-same.rows',
        'train.model -> at-same.model',
      ],
    );
    expect(Object.fromEntries(run.problems.map(({ node, code }) => [node, code]))).toEqual({
      'at-new': 'model.other-recipe',
      'at-read': 'model.other-recipe',
    });
    expect(run.problems[0]?.message).toContain('"SQL"');
    expect(await answersOf(run, 'at-query')).toHaveLength(240);
    const behind = await answersOf(run, 'at-same');
    expect(behind).toHaveLength(60);

    // A file is no table behind the query, unless whoever gives it says so.
    const { key, folder } = run.artifact('train');
    await expect(askCommand(workshop.folder, key, 'new.csv')).rejects.toThrow(/begins behind "SQL".*--prepared/s);
    await expect(askCommand(workshop.folder, key, 'no-text.csv')).rejects.toThrow(/"text".*as they come out of "SQL"/s);
    const printed = await askCommand(workshop.folder, key, 'prepared.csv', ['--prepared']);
    expect(printed.map(onlyAnswers)).toEqual(behind);
    expect(JSON.parse(await run.text('train', 'model.json'))).toMatchObject({ facts: { begins_behind: 'SQL' } });
    const scorer = await openServedScorer(folder);
    expect(rowJsonSchema(scorer, 'notes 1')['description']).toContain('"SQL"');
    await scorer.close();
    expect(await run.text('judge', 'report.report.json')).toContain(String.raw`takes rows as from \"SQL\"`);
  });
});

describe('a step that no row alone can pass', () => {
  const besides: [string, Record<string, SketchedNode>, string[]][] = [
    [
      'a query that leaves rows out',
      { step: query("SELECT * FROM rows WHERE n <> 7 AND y IN ('yes', 'no')") },
      ['read.rows -> step.rows'],
    ],
    [
      'tables put together',
      { more: csv('more.csv'), step: { kind: 'combine.append' } },
      ['read.rows -> step.rows', 'more.rows -> step.rows'],
    ],
    [
      'a join that brings what the model does not read',
      {
        ages: { kind: 'combine.aggregate', params: { by: ['text'], aggregates: [{ function: 'rows', as: 'often' }] } },
        step: { kind: 'combine.join', params: { how: 'inner', keys: [{ left: 'text', right: 'text' }] } },
      },
      ['read.rows -> ages.rows', 'read.rows -> step.left', 'ages.rows -> step.right'],
    ],
    [
      'a task that adds a column',
      { step: { kind: 'language.detect-language', params: { column: 'text' } } },
      ['read.rows -> step.rows'],
    ],
  ];
  test.each(besides)(
    '%s: raw rows are answered where it has left what the prediction needs as it was',
    async (_title, nodes, wires) => {
      await workshop.write('more.csv', toCsv(names, makeNotes(60, 500)));
      const run = await workshop.run(
        {
          read: csv('notes.csv'),
          ...nodes,
          twice: { kind: 'clean.derive', params: { columns: [{ name: 'n', expression: 'n * 2' }] } },
          ...learner,
          train: {
            kind: 'train.gradient-boosting',
            params: { trees: 5, minRowsInLeaf: 5, columns: { by: 'names', names: ['n'] } },
          },
          new: csv('new.csv'),
          doubled: { kind: 'clean.derive', params: { columns: [{ name: 'n', expression: 'n * 2' }] } },
          ...Object.fromEntries(
            ['read', 'step', 'twice', 'encode', 'new', 'doubled'].map((at) => [`at-${at}`, predict]),
          ),
        },
        [
          ...wires,
          'step.rows -> twice.rows',
          'twice.rows -> split.rows',
          ...learnerWires,
          'new.rows -> doubled.rows',
          ...['read', 'step', 'twice', 'encode', 'new', 'doubled'].flatMap((at) => [
            `train.model -> at-${at}.model`,
            `${at}.rows -> at-${at}.rows`,
          ]),
        ],
      );
      expect(run.problems).toEqual([]);
      const ids = new Set((await answersOf(run, 'at-read')).map((row) => row['id']));
      const known = async (at: string): Promise<unknown[]> =>
        (await answersOf(run, at)).filter((row) => ids.has(row['id']));
      const behind = await known('at-step');
      expect(behind.length).toBeGreaterThan(200);
      const kept = new Set(behind.map((row) => JSON.stringify(row)));
      const raw = (await known('at-read')).map((row) => JSON.stringify(row));
      expect(raw.filter((row) => kept.has(row))).toHaveLength(kept.size);
      for (const at of ['at-twice', 'at-encode']) expect(await known(at)).toEqual(behind);
      expect(await answersOf(run, 'at-doubled')).toEqual(await answersOf(run, 'at-new'));
      const printed = await askCommand(workshop.folder, run.artifact('train').key, 'new.csv');
      expect(printed.map(onlyAnswers)).toEqual(await answersOf(run, 'at-new'));
      expect(run.warnings.filter((w) => w.code === 'model.other-branch')).toEqual([]);
    },
  );
});

test('a step beside the recipe that changes what the model reads is warned of by its name, and one that does not is not', async () => {
  const beside = (expression: string, name: string): SketchedNode => ({
    kind: 'clean.derive',
    params: { columns: [{ name, expression }] },
  });
  const places = ['more', 'changed', 'query', 'summed'];
  const run = await workshop.run(
    {
      read: csv('notes.csv'),
      ...learner,
      more: beside('n * 2', 'm'),
      changed: beside('n * 2', 'n'),
      query: query('SELECT * REPLACE (n + 1 AS n) FROM rows WHERE n > 3'),
      summed: query('SELECT *, sum(n) OVER () AS s FROM rows'),
      ...Object.fromEntries(places.map((at) => [`at-${at}`, predict])),
    },
    [
      'read.rows -> split.rows',
      ...learnerWires,
      ...places.flatMap((at) => [
        `read.rows -> ${at}.rows`,
        `${at}.rows -> at-${at}.rows`,
        `train.model -> at-${at}.model`,
      ]),
    ],
  );
  expect(run.problems).toEqual([]);
  const warned = run.warnings.filter((w) => w.code === 'model.other-branch');
  expect(
    Object.fromEntries(warned.map((w) => [w.node, w.message.includes('"New columns"') || w.message.includes('"SQL"')])),
  ).toEqual({
    'at-changed': true,
    'at-query': true,
  });
});

test('a query that makes each row from one row alone may stand after Split, and one that mixes rows may not', async () => {
  const behind = (text: string): Promise<FinishedRun> =>
    workshop.run(
      {
        read: csv('notes.csv'),
        ...learner,
        query: query(text),
        'at-read': predict,
        'at-query': predict,
        judge: { kind: 'evaluate.model' },
      },
      [
        'read.rows -> split.rows',
        'split.rows -> query.rows',
        'query.rows -> encode.rows',
        'encode.rows -> train.rows',
        ...['read', 'query'].flatMap((at) => [`train.model -> at-${at}.model`, `${at}.rows -> at-${at}.rows`]),
        'train.model -> judge.model',
        'encode.rows -> judge.rows',
      ],
    );
  const run = await behind('SELECT id, y, n / 3 AS n, upper(text) AS text FROM rows');
  expect(run.problems).toEqual([]);
  expect(await answersOf(run, 'at-query')).toEqual(await answersOf(run, 'at-read'));
  expect(run.metrics['judge']?.['accuracy']).toBeGreaterThan(0.6);
  expect((await behind('SELECT * FROM rows WHERE n > 3')).problems.map((p) => p.code)).toContain('split.mixes-rows');
});

describe('means of the target, which training rows are given without their own fold', () => {
  const encoded: Record<string, SketchedNode> = {
    ...learner,
    encode: { kind: 'prepare.encode', params: { method: 'target', columns: { by: 'names', names: ['text', 'id'] } } },
  };
  const places = ['read', 'split', 'encode', 'scale', 'few'];
  const chain = (split: Readonly<Record<string, unknown>>): Promise<FinishedRun> =>
    workshop.run(
      {
        read: csv('notes.csv'),
        ...encoded,
        split: { kind: 'split.rows', params: { target: 'y', id: 'id', ...split } },
        scale: { kind: 'prepare.scale' },
        few: { kind: 'clean.filter', params: { expression: 'n < 0', trainingOnly: true } },
        train: { kind: 'train.logistic-regression', params: { target: 'y' } },
        ...Object.fromEntries(places.map((at) => [`at-${at}`, predict])),
        judge: { kind: 'evaluate.model', params: {} },
        'judge-behind': { kind: 'evaluate.model', params: {} },
      },
      [
        'read.rows -> split.rows',
        'split.rows -> encode.rows',
        'encode.rows -> scale.rows',
        'scale.rows -> train.rows',
        'scale.rows -> few.rows',
        ...places.flatMap((at) => [`train.model -> at-${at}.model`, `${at}.rows -> at-${at}.rows`]),
        'train.model -> judge.model',
        'split.rows -> judge.rows',
        'train.model -> judge-behind.model',
        'scale.rows -> judge-behind.rows',
      ],
    );

  // By folds, each row is answered by the model that did not learn from it; rows from before Split by that of all rows.
  test.each([
    ['behind a Split', {}, ['split', 'encode', 'scale']],
    ['in each fold', { method: 'folds', folds: 3, testFraction: 0.2 }, ['encode', 'scale']],
  ])('%s every place along the chain gives one answer, of training rows too', async (_title, split, others) => {
    const run = await chain(split);
    expect(run.problems).toEqual([]);
    const first = await answersOf(run, others.includes('split') ? 'at-read' : 'at-split');
    // Ids are different at the places behind the encoding: rows are told apart by their answers' order.
    const answers = async (at: string): Promise<unknown[]> =>
      (await run.rows(`at-${at}`)).map((row) => row['probability_yes']).sort((a, b) => Number(a) - Number(b));
    const wanted = first.map((row) => row['probability_yes']).sort((a, b) => Number(a) - Number(b));
    for (const at of others) expect(await answers(at)).toEqual(wanted);
    const few = await answers('few');
    // Of a fold, the rows that it holds out are none of its training rows.
    expect(few.length < wanted.length).toBe(others.includes('split'));
    expect(few.every((p) => wanted.includes(p))).toBe(true);
    expect(run.metrics['judge-behind']).toEqual(run.metrics['judge']);
    expect(run.warnings.filter((w) => w.code === 'model.other-branch')).toEqual([]);
  });
});

test('a model of old, which does not say how its base was made, answers as it did', async () => {
  const run = await workshop.run({ read: csv('notes.csv'), query: query(mixes), ...learner }, [
    'read.rows -> query.rows',
    'query.rows -> split.rows',
    ...learnerWires,
  ]);
  const text = await run.text('train', 'model.json');
  const { base, steps, ...rest }: { base: Record<string, unknown>; steps: Record<string, unknown>[] } =
    JSON.parse(text);
  const { sign: _sign, made: _made, ...oldBase } = base;
  const old = { ...rest, base: oldBase, steps: steps.map(({ sign: _one, ...step }) => step) };
  const folder = join(workshop.folder, 'old-model');
  await mkdir(folder);
  await writeFile(join(folder, 'model.json'), JSON.stringify(old));
  const rows = makeNotes(40, 3).map(({ n = 0, text: word = '' }) => ({ n, text: word }));
  const answers = await Promise.all(
    [folder, run.artifact('train').folder].map(async (one) => {
      const scorer = await openScorer(one);
      try {
        return await scorer.predictRows(rows);
      } finally {
        await scorer.close();
      }
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
});
