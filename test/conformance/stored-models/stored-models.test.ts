/** Models that were stored by an older Flowyard, on another DuckDB (`make-fixtures.ts`): they load and answer as they did. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScorer } from '../../../engine/recipe/open-scorer.ts';
import type { Prediction } from '../../../engine/recipe/scorer.ts';
import { askCommand } from '../../support/asked-model.ts';
import { onlyAnswers } from '../../support/network-parity.ts';
import { Workshop } from '../../support/workshop.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const names = (await readdir(fixtures, { withFileTypes: true })).filter((e) => e.isDirectory()).map((e) => e.name);
let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
});
afterAll(() => shop[Symbol.asyncDispose]());

interface Stored {
  rows: string;
  answers: Record<string, string | number | null>[];
}
const flatten = ({ prediction, probabilities }: Prediction): Record<string, unknown> => ({
  prediction,
  ...Object.fromEntries(Object.entries(probabilities ?? {}).map(([label, p]) => [`probability_${label}`, p])),
});
/** A processor of another kind may sum a network's products in another order; everything else is the same to the bit. */
const digits = (name: string, rows: readonly Readonly<Record<string, unknown>>[]): unknown[] =>
  name.startsWith('network-')
    ? rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'number' ? expect.closeTo(v, 6) : v])),
      )
    : [...rows];

test('there are models of trees, lines, a network, formulas and words', () => {
  expect(names.toSorted()).toEqual([
    'formulas-groups-and-look-up',
    'linear-on-target-codes',
    'logistic-on-scaled',
    'network-on-a-table',
    'trees-on-categories',
    'trees-on-codes',
    'words-of-texts',
  ]);
});

test.each(names)(
  '%s: a stored model answers as on the day it was made, by the command and row by row',
  async (name) => {
    const { rows, answers }: Stored = JSON.parse(await readFile(join(fixtures, name, 'answers.json'), 'utf8'));
    const [key = ''] = (await readdir(join(fixtures, name))).filter((entry) => entry !== 'answers.json');
    await cp(join(fixtures, name, key), join(shop.folder, '.flowyard', 'store', key.slice(0, 2), key), {
      recursive: true,
    });
    await cp(join(fixtures, `${rows}.csv`), join(shop.folder, `${rows}.csv`));
    const printed = await askCommand(shop.folder, key, `${rows}.csv`);
    const wanted = digits(name, answers);
    expect(printed.map(onlyAnswers)).toEqual(wanted);
    const scorer = await openScorer(join(fixtures, name, key));
    try {
      const given = printed.map((row) => Object.fromEntries(scorer.knownColumns.map((c) => [c, asCell(row[c])])));
      expect((await scorer.predictRows(given)).map(flatten)).toEqual(wanted);
      expect((await scorer.predictRows(given.slice(0, 1))).map(flatten)).toEqual(wanted.slice(0, 1));
      const bySql = await openScorer(join(fixtures, name, key), { sqlAlone: true });
      expect(await bySql.predictRows(given).finally(() => bySql.close())).toEqual(await scorer.predictRows(given));
      expect(scorer.byQuery ?? '').toBe(byQuery[name] ?? '');
    } finally {
      await scorer.close();
    }
  },
);

/** Why a model's rows are answered by SQL; all others by the row program. */
const byQuery: Readonly<Record<string, string>> = {
  'formulas-groups-and-look-up': '"New columns" has regexp_replace()',
  'network-on-a-table': '"the model" has a network that reads the column "città" as it is',
  'words-of-texts': '"Word weights" has the name "i"',
};

const asCell = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
