/**
 * Makes `fixtures/`: models as the store holds them, rows to ask, and what each model answers, to the bit.
 *
 *     node test/conformance/stored-models/make-fixtures.ts
 *
 * They were made with DuckDB 1.5.6 and stay as they are: that a newer Flowyard answers the same from them is what the test is for.
 */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { houseNames, houseTypes, knownCities, makeHouses } from '../../integration/houses.ts';
import { askCommand, type AskedRow } from '../../support/asked-model.ts';
import { onlyAnswers } from '../../support/network-parity.ts';
import { toCsv, Workshop, type SketchedNode } from '../../support/workshop.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const readHouses: SketchedNode = { kind: 'read.csv', params: { file: 'houses.csv', types: houseTypes } };
const split = (target: string): SketchedNode => ({ kind: 'split.rows', params: { target, id: 'id' } });
const drop = (...names: string[]): SketchedNode => ({
  kind: 'clean.select',
  params: { action: 'drop', columns: { by: 'names', names }, rename: { size: 'Größe' } },
});
const encode = (method: string, ...names: string[]): SketchedNode => ({
  kind: 'prepare.encode',
  params: { method, columns: { by: 'names', names } },
});
const trees: SketchedNode = { kind: 'train.gradient-boosting', params: { trees: 8, maxLeaves: 8 } };
const fill: SketchedNode = { kind: 'prepare.impute', params: { strategy: 'most-frequent' } };
const inARow = (nodes: readonly string[]): string[] =>
  nodes.slice(1).map((node, i) => `${nodes[i] ?? ''}.rows -> ${node}.rows`);

interface Case {
  nodes: Readonly<Record<string, SketchedNode>>;
  wires?: readonly string[];
  /** Which rows are asked: houses that training never saw, or reviews. */
  rows: 'houses' | 'reviews';
}
const cases: Readonly<Record<string, Case>> = {
  'trees-on-categories': {
    rows: 'houses',
    nodes: {
      read: readHouses,
      select: drop('note', 'price', 'serial'),
      flags: {
        kind: 'clean.missing',
        params: { columns: { by: 'names', names: ['built'] }, action: 'keep', flag: true },
      },
      split: split('kind'),
      fill: { kind: 'prepare.impute', params: { flag: true } },
      encode: encode('one-hot', 'città', 'garden'),
      train: trees,
    },
  },
  'trees-on-codes': {
    rows: 'houses',
    nodes: {
      read: readHouses,
      select: drop('note', 'kind', 'serial'),
      split: split('price'),
      fill,
      encode: encode('ordinal', 'città', 'rooms'),
      train: trees,
    },
  },
  'linear-on-target-codes': {
    rows: 'houses',
    nodes: {
      read: readHouses,
      select: drop('note', 'kind', 'serial'),
      split: split('price'),
      fill,
      encode: encode('target', 'città', 'garden'),
      scale: { kind: 'prepare.scale' },
      train: { kind: 'train.linear-regression', params: { alpha: 1 } },
    },
  },
  'logistic-on-scaled': {
    rows: 'houses',
    nodes: {
      read: readHouses,
      select: drop('note', 'price'),
      split: split('kind'),
      fill,
      encode: encode('one-hot', 'città', 'rooms', 'garden'),
      scale: { kind: 'prepare.scale' },
      train: { kind: 'train.logistic-regression' },
    },
  },
  'formulas-groups-and-look-up': {
    rows: 'houses',
    nodes: {
      read: readHouses,
      select: drop('note', 'kind'),
      types: { kind: 'clean.types', params: { types: { rooms: 'text' } } },
      derive: {
        kind: 'clean.derive',
        params: {
          columns: [
            { name: 'per_room', expression: '"Größe" / (coalesce(TRY_CAST(rooms AS INTEGER), 2) + 1)' },
            { name: 'large', expression: 'per_room > 20 OR garden' },
            { name: 'decade', expression: 'year(built) // 10' },
            {
              name: 'style',
              expression:
                "CASE WHEN large THEN upper(left(città, 3)) ELSE regexp_replace(città, '[aeiou]', '_', 'g') END",
            },
          ],
        },
      },
      split: split('price'),
      filter: {
        kind: 'clean.filter',
        params: { rules: [], expression: '"Größe" IS NULL OR "Größe" < 100000', trainingOnly: false },
      },
      groups: {
        kind: 'prepare.group-statistics',
        params: {
          by: ['città', 'garden'],
          statistics: [
            { column: 'Größe', function: 'mean', as: 'usual' },
            { column: 'Größe', function: 'count', as: 'often' },
          ],
        },
      },
      join: {
        kind: 'combine.join',
        params: { how: 'left', keys: [{ left: 'città', right: 'city' }], rightUnique: true },
      },
      fill,
      encode: encode('target', 'città', 'style', 'rooms'),
      train: trees,
      cities: { kind: 'read.csv', params: { file: 'cities.csv', types: { since: 'date', coast: 'boolean' } } },
    },
    wires: [
      ...inARow(['read', 'select', 'types', 'derive', 'split', 'filter', 'groups']),
      'groups.rows -> join.left',
      'cities.rows -> join.right',
      ...inARow(['join', 'fill', 'encode', 'train']),
    ],
  },
  'network-on-a-table': {
    rows: 'houses',
    nodes: {
      read: readHouses,
      select: drop('note', 'price'),
      split: split('kind'),
      train: {
        kind: 'train.neural-network',
        params: { epochs: 3, device: 'cpu', validation: 'never', layers: { preset: 'small' } },
      },
    },
  },
  'words-of-texts': {
    rows: 'reviews',
    nodes: {
      read: { kind: 'read.example', params: { dataset: 'reviews' } },
      split: { kind: 'split.rows', params: { id: 'id', target: 'mood', testFraction: 0.25 } },
      words: { kind: 'prepare.tf-idf', params: { column: 'text', grams: 'pairs', most: 60 } },
      train: { kind: 'train.logistic-regression', params: { c: 10, columns: { by: 'pattern', pattern: 'word_*' } } },
    },
  },
};

const cities = [...knownCities, 'nowhere'].map((city, i) => ({
  city,
  people: i === 2 ? null : 10_000 * (i + 1),
  coast: i % 2 === 0,
  since: `1${i}00-03-0${i + 1}`,
  region: i < 3 ? 'nord' : i === 5 ? null : 'süd',
}));
const reviews: AskedRow[] = [
  { id: 9001, about: 'hotel', text: 'The room was clean and quiet. I would come back any time.' },
  { id: 9002, about: 'phone', text: 'The app fails every other day. Never again.' },
  { id: 9003, about: null, text: 'Nothing that anybody has said before: überall Größe, 東京 🏝️.' },
  { id: 9004, about: 'lamp', text: '' },
  { id: 9005, about: 'hotel', text: null },
];
const asked: Record<Case['rows'], { names: string[]; rows: readonly AskedRow[] }> = {
  houses: { names: houseNames, rows: makeHouses(80, 12, true) },
  reviews: { names: ['id', 'about', 'text'], rows: reviews },
};

await rm(fixtures, { recursive: true, force: true });
await mkdir(fixtures, { recursive: true });
for (const [name, { names, rows }] of Object.entries(asked)) {
  await writeFile(join(fixtures, `${name}.csv`), toCsv(names, rows));
}
for (const [name, { nodes, wires, rows }] of Object.entries(cases)) {
  await using workshop = await Workshop.open();
  await workshop.write('houses.csv', toCsv(houseNames, makeHouses(400, 11, false)));
  await workshop.write('cities.csv', toCsv(['city', 'people', 'coast', 'since', 'region'], cities));
  const run = await workshop.run(nodes, wires ?? inARow(Object.keys(nodes)));
  if (run.status !== 'done') throw new Error(`${name}: ${JSON.stringify(run.problems)}`);
  const { folder, key } = run.artifact('train');
  const place = join(fixtures, name, key);
  await cp(folder, place, { recursive: true });
  await cp(join(fixtures, `${rows}.csv`), join(workshop.folder, 'asked.csv'));
  const answers = (await askCommand(workshop.folder, key, 'asked.csv')).map(onlyAnswers);
  await writeFile(join(fixtures, name, 'answers.json'), `${JSON.stringify({ rows, answers })}\n`);
  process.stdout.write(`${name}: ${answers.length} answers\n`);
}
