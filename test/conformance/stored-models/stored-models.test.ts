/**
 * Models that older versions stored load and answer as they did: a batch by `flowyard predict`, row by row by the scorer of a service, and exported to ONNX.
 * `fixtures/` was made on another DuckDB (`make-fixtures.ts`), `of-0.1/` holds every form and recipe of 2 December 2026 (`make-models-of-0.1.ts`).
 */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePredictions } from '../../../cli/commands/predict.ts';
import { openAskedImages } from '../../../engine/recipe/scorer/asked-images.ts';
import { openModel } from '../../../engine/recipe/open-model.ts';
import { openScorer } from '../../../engine/recipe/scorer/open-scorer.ts';
import { openPredictor } from '../../../engine/recipe/predictor.ts';
import type { Prediction } from '../../../engine/recipe/scorer/scorer.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { askCommand } from '../../support/asked-model.ts';
import { onlyAnswers } from '../../support/network-parity.ts';
import { Workshop } from '../../support/workshop.ts';
import { askStored, feedOf, plainAnswers, type KeptOnnx } from './ask-stored.ts';
import { casesOf01 } from './cases-of-0.1.ts';

type Row = Readonly<Record<string, unknown>>;
interface Stored {
  rows: string;
  answers: Row[];
  onnx?: KeptOnnx | null;
}
const sets = { fixtures: join(import.meta.dirname, 'fixtures'), 'of-0.1': join(import.meta.dirname, 'of-0.1') };
const namesIn = async (set: string): Promise<string[]> =>
  (await readdir(set, { withFileTypes: true }))
    .filter((e) => e.isDirectory() && e.name !== 'pictures')
    .map((e) => e.name)
    .toSorted();
const [older, of01] = [await namesIn(sets.fixtures), await namesIn(sets['of-0.1'])];

let folder = '';
let predicted = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowyard-stored-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const flatten = ({ prediction, probabilities }: Prediction): Row => ({
  prediction,
  ...Object.fromEntries(Object.entries(probabilities ?? {}).map(([label, p]) => [`probability_${label}`, p])),
});
/** A processor of another kind may sum a network's products in another order; everything else is the same to the bit. */
const near = (value: unknown): unknown => (typeof value === 'number' ? expect.closeTo(value, 5) : value);
const digits = (name: string, rows: readonly Row[]): unknown[] =>
  name.startsWith('network-')
    ? rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, near(v)])))
    : [...rows];
/** JSON has no number that is none: a scorer's stands as null, as a file has it. */
const asJson = (rows: readonly Row[]): Row[] => JSON.parse(JSON.stringify(rows));
const asCell = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

/** What the command prints, without a process of its own. */
async function predictFile(model: string, path: string, isPrepared: boolean): Promise<Row[]> {
  const images = openAskedImages();
  const predictor = await openPredictor(await openModel(model), { images, threads: 1 });
  // DuckDB would write beside a file that is there.
  const target = join(folder, `${++predicted}.jsonl`);
  await writePredictions(predictor, images, path, target, 'FORMAT json', {
    isPrepared,
    memoryBytes: 2 ** 29,
    isForPeople: false,
  });
  const lines = (await readFile(target, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

test('there are models of every form, encoding and kind of recipe', () => {
  expect(older).toEqual([
    'formulas-groups-and-look-up',
    'linear-on-target-codes',
    'logistic-on-scaled',
    'network-on-a-table',
    'trees-on-categories',
    'trees-on-codes',
    'words-of-texts',
  ]);
  expect(of01).toEqual(Object.keys(casesOf01).toSorted());
});

test.each([...older.map((name) => ['fixtures', name] as const), ...of01.map((name) => ['of-0.1', name] as const)])(
  '%s/%s: a stored model answers as on the day it was made, in a batch, row by row, and as ONNX',
  async (set, name) => {
    const place = join(sets[set], name);
    const { rows, answers, onnx = null }: Stored = JSON.parse(await readFile(join(place, 'answers.json'), 'utf8'));
    const [key = ''] = (await readdir(place)).filter((entry) => /^[0-9a-f]{40}$/.test(entry));
    const model = join(place, key);
    const isPrepared = rows === 'prepared.jsonl';
    const asked =
      set === 'fixtures' ? join(sets.fixtures, `${rows}.csv`) : isPrepared ? join(place, rows) : join(sets[set], rows);
    const wanted = digits(name, answers);
    const printed = await predictFile(model, asked, isPrepared);
    expect(printed.map(onlyAnswers)).toEqual(wanted);

    const scorer = await openScorer(model);
    try {
      const image = scorer.inputSchema.find((c) => isImageType(c.type))?.name;
      const given = await Promise.all(
        printed.map(async (row) => ({
          ...Object.fromEntries(scorer.knownColumns.map((c) => [c, asCell(row[c])])),
          ...(image === undefined
            ? {}
            : { [image]: (await readFile(join(asked, String(row[image])))).toString('base64') }),
        })),
      );
      const scored = asJson((await scorer.predictRows(given)).map(flatten));
      expect(scored).toEqual(wanted);
      const alone: Row[] = [];
      for (const row of given.slice(0, 4)) alone.push(...asJson((await scorer.predictRows([row])).map(flatten)));
      // Here one processor computes both.
      expect(alone).toEqual(scored.slice(0, 4));
      // The row program gives the bits of SQL.
      const bySql = await openScorer(model, { sqlAlone: true });
      const bySqlAlone = await bySql.predictRows(given);
      await bySql.close();
      expect(bySqlAlone).toEqual(await scorer.predictRows(given));
    } finally {
      await scorer.close();
    }

    if (onnx === null) return;
    const feeds = Object.fromEntries(Object.entries(onnx.feeds).map(([input, kept]) => [input, feedOf(kept)]));
    const { prediction, probabilities } = plainAnswers(await askStored(model, join(folder, 'model.onnx'), feeds));
    const exact = name.startsWith('trees-') || name.startsWith('constant-');
    const like = (values: readonly unknown[] | undefined): unknown => (exact ? values : values?.map(near));
    expect({ prediction, probabilities }).toEqual({
      prediction: like(onnx.answers.prediction),
      probabilities: like(onnx.answers.probabilities),
    });
  },
);

test('a stored model is found in a workspace and asked by the command in its own process', async () => {
  await using shop = await Workshop.open();
  const place = join(sets.fixtures, 'trees-on-codes');
  const { answers }: Stored = JSON.parse(await readFile(join(place, 'answers.json'), 'utf8'));
  const [key = ''] = (await readdir(place)).filter((entry) => entry !== 'answers.json');
  await cp(join(place, key), join(shop.folder, '.flowyard', 'store', key.slice(0, 2), key), { recursive: true });
  await cp(join(sets.fixtures, 'houses.csv'), join(shop.folder, 'houses.csv'));
  expect((await askCommand(shop.folder, key, 'houses.csv')).map(onlyAnswers)).toEqual(answers);
});
