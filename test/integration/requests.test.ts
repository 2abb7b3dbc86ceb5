/** What the training file could say, a request can say: JSON made of the file's own cells, the file itself as a body, and `flowyard predict` get the answers of the run. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServedScorer } from '../../cli/served-scorer.ts';
import { startModelServer, type ModelServer } from '../../engine/serve/model-server.ts';
import type { Prediction } from '../../engine/recipe/scorer/scorer.ts';
import { askCommand } from '../support/asked-model.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../support/workshop.ts';

type Cells = readonly string[];
interface Messy {
  names: readonly string[];
  rows: readonly Cells[];
  separator: string;
  reader: Readonly<Record<string, unknown>>;
  steps?: Readonly<Record<string, SketchedNode>>;
}

const pick = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;
const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 240 }, (_, i) => make(i));
const two = (n: number): string => String(n).padStart(2, '0');

/** Words for missing, yes/no, dates by day and month, codes with leading zeros, exponents. */
const english: Messy = {
  names: ['id', 'size', 'member', 'since', 'seen', 'town', 'code', 'count', 'price', 'y'],
  separator: ',',
  reader: {},
  rows: many((i) => [
    String(i),
    pick(['0.238', '1e-3', 'NA', '2.0', '-7', ''], i + (i % 7)),
    pick(['Yes', 'No', 'N/A', 'no'], i + (i % 5)),
    i % 11 === 0 ? 'NULL' : `${two(1 + (i % 28))}/${two(1 + (i % 12))}/20${10 + (i % 9)}`,
    i % 13 === 0 ? '' : `2024-0${1 + (i % 9)}-1${i % 9} 0${i % 9}:30:00`,
    pick(['Zürich', 'NA', 'Bern', ' Bern', '', 'none'], i + (i % 4)),
    pick(['007', 'A1', '8000', 'nan'], i + (i % 3)),
    pick(['1', '12', 'None', '30'], i + (i % 9)),
    pick(['$1,200.50', '$3', '$45.10', ''], i + (i % 5)),
    (i * 31) % 17 > (i % 7) + (i % 5) ? 'up' : 'down',
  ]),
  steps: {
    money: {
      kind: 'clean.derive',
      params: {
        columns: [
          {
            name: 'price',
            expression: `CAST(nullif(replace(regexp_replace("price", '[^0-9.,+-]', '', 'g'), ',', ''), '') AS DOUBLE)`,
          },
        ],
      },
    },
  },
};

/** Decimal commas, points between thousands, dates as they are written in German. */
const german: Messy = {
  names: ['id', 'größe', 'betrag', 'stück', 'seit', 'zeit', 'y'],
  separator: ';',
  reader: {
    decimalMark: 'comma',
    thousandsMark: 'point',
    missingWords: ['', 'k. A.', '-'],
    timestampFormat: '%d.%m.%Y %H:%M',
  },
  rows: many((i) => [
    String(i),
    pick(['1,5', '0,25', 'k. A.', '-12', '1e3'], i + (i % 7)),
    pick(['1.234,5', '12.000', '7', '-', '3,25'], i + (i % 5)),
    pick(['1.234', '12.000', '7'], i + (i % 4)),
    i % 11 === 0 ? '-' : `${two(1 + (i % 12))}.${two(1 + ((i + 3) % 12))}.20${10 + (i % 9)}`,
    i % 13 === 0 ? '' : `${two(1 + (i % 28))}.0${1 + (i % 9)}.2024 0${i % 9}:30`,
    (i * 31) % 17 > (i % 7) + (i % 5) ? 'auf' : 'ab',
  ]),
};

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop[Symbol.asyncDispose]());

const toFile = ({ names, rows, separator }: Messy, these = rows): string =>
  `${[names, ...these].map((cells) => cells.map((cell) => (/[",;\n]/.test(cell) ? `"${cell}"` : cell)).join(separator)).join('\n')}\n`;
const toObjects = ({ names }: Messy, rows: readonly Cells[]): Record<string, string>[] =>
  rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])));
const flatten = ({ prediction, probabilities }: Prediction): Record<string, unknown> => ({
  prediction,
  ...Object.fromEntries(Object.entries(probabilities ?? {}).map(([label, p]) => [`probability_${label}`, p])),
});
const onlyAnswers = (row: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name === 'prediction' || name.startsWith('probability_')));

async function train(name: string, messy: Messy): Promise<FinishedRun> {
  await workshop.write(`${name}.csv`, toFile(messy));
  const steps = Object.keys(messy.steps ?? {});
  const chain = ['read', ...steps, 'split', 'encode'];
  const run = await workshop.run(
    {
      read: { kind: 'read.csv', params: { file: `${name}.csv`, ...messy.reader } },
      ...messy.steps,
      split: { kind: 'split.rows', params: { target: 'y', id: 'id' } },
      encode: { kind: 'prepare.encode', params: { method: 'ordinal' } },
      train: { kind: 'train.gradient-boosting', params: { trees: 20 } },
      predict: { kind: 'predict.rows' },
    },
    [
      ...chain.slice(1).map((node, i) => `${chain[i] ?? ''}.rows -> ${node}.rows`),
      'encode.rows -> train.rows',
      'train.model -> predict.model',
      'read.rows -> predict.rows',
    ],
  );
  expect(run.problems).toEqual([]);
  return run;
}

async function serve(run: FinishedRun): Promise<ModelServer> {
  const { folder, key } = run.artifact('train');
  return startModelServer({ scorer: await openServedScorer(folder), model: 'm', version: 1, key, port: 0, token: 't' });
}
interface Answer {
  predictions?: Prediction[];
  error?: { code: string; message: string; row?: number; column?: string };
}
async function ask(server: ModelServer, body: string, type = 'application/json'): Promise<Answer> {
  const response = await fetch(`${server.url}/predict`, {
    method: 'POST',
    headers: { 'content-type': type, authorization: 'Bearer t' },
    body,
  });
  return JSON.parse(await response.text());
}

describe.each<[string, Messy]>([
  ['english', english],
  ['german', german],
])('a file in the %s manner', (name, messy) => {
  let run: FinishedRun;
  let server: ModelServer;
  let batch: Record<string, unknown>[];
  beforeAll(async () => {
    run = await train(name, messy);
    server = await serve(run);
    batch = (await run.rows('predict', 'id')).map(onlyAnswers);
  });
  afterAll(() => server.close());

  test('JSON made of its own cells, its own text, and the command get the answers of the run', async () => {
    const served = await ask(server, JSON.stringify({ rows: toObjects(messy, messy.rows) }));
    expect(served.error).toBeUndefined();
    expect(served.predictions?.map(flatten)).toEqual(batch);
    expect(new Set(batch.map((row) => JSON.stringify(row))).size).toBeGreaterThan(10);
    const body = await ask(server, toFile(messy), 'text/csv');
    expect(body.predictions?.map(flatten)).toEqual(batch);
    const printed = await askCommand(workshop.folder, run.artifact('train').key, `${name}.csv`);
    expect(printed.map(onlyAnswers)).toEqual(batch);
  });

  test('rows one by one, of which none tells by itself how its dates are written, get the same answers', async () => {
    for (const i of [1, 5, 17, 44, 60]) {
      const cells = messy.rows.slice(i, i + 1);
      const [one] = toObjects(messy, cells);
      expect((await ask(server, JSON.stringify(one))).predictions?.map(flatten)).toEqual([batch[i]]);
      expect((await ask(server, toFile(messy, cells), 'text/csv')).predictions?.map(flatten)).toEqual([batch[i]]);
    }
    // Of another kind of file, as objects of its own cells.
    await workshop.write(
      'some.jsonl',
      toObjects(messy, messy.rows)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    const printed = await askCommand(workshop.folder, run.artifact('train').key, 'some.jsonl');
    expect(printed.map(onlyAnswers)).toEqual(batch);
  });
});

test('what cannot be read is refused with its row and column, alike in JSON, in a file and by the command', async () => {
  const run = await train('english', english);
  const server = await serve(run);
  try {
    for (const [column, value] of [
      ['size', '0,238'],
      ['since', '31/02/2015'],
      ['member', 'perhaps'],
      ['count', '2.5'],
      ['seen', 'yesterday'],
    ] as const) {
      const at = english.names.indexOf(column);
      const rows = english.rows.slice(1, 4).map((cells, i) => (i === 1 ? cells.with(at, value) : cells));
      const asked = await ask(server, JSON.stringify({ rows: toObjects(english, rows) }));
      expect(asked.error).toMatchObject({ code: 'predict.wrong-type', row: 2, column });
      const sent = await ask(server, toFile(english, rows), 'text/csv');
      expect(sent.error).toMatchObject({ code: 'predict.bad-value', row: 2, column });
      expect(sent.error?.message).toContain(value);
    }
  } finally {
    await server.close();
  }
});

test('values that JSON itself has mean what they mean', async () => {
  const run = await train('german', german);
  const server = await serve(run);
  try {
    const [row] = toObjects(german, [['1', '1,5', '1.234,5', '1.234', '03.04.2015', '05.06.2024 04:30', 'ab']]);
    const typed = { ...row, größe: 1.5, betrag: 1234.5, stück: 1234, seit: '2015-04-03', zeit: '2024-06-05T04:30:00' };
    expect(await ask(server, JSON.stringify(typed))).toEqual(await ask(server, JSON.stringify(row)));
  } finally {
    await server.close();
  }
});
