/** Semantics, case by case: rows are known to a model by how they were made, never by the names of their columns. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScorer } from '../../../engine/model/open-scorer.ts';
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
    const run = await workshop.run(
      {
        read: csv('notes.csv'),
        query: { ...query(mixes) },
        ...learner,
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
    expect(await answersOf(run, 'at-same')).toHaveLength(60);
  });
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
