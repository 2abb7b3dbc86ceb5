/** Semantics: what columns carry into Split is followed through every SELECT before it, and leaks are named in the right words. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Workshop, type SketchedNode } from '../../support/workshop.ts';
import { makeSales, readSales, salesCsv } from './shops.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  await workshop.write('sales.csv', salesCsv(makeSales(120, 5)));
  await workshop.write('shops.csv', 'shop,size,city\nshop 0,10,Bern\nshop 1,20,Genf\nshop 2,30,Bern\n');
  await workshop.write('visits.csv', 'shop,n\nshop 0,1\nshop 0,5\nshop 1,2\nshop 3,9\n');
});
afterAll(() => workshop[Symbol.asyncDispose]());

const readShops: SketchedNode = { kind: 'read.csv', params: { file: 'shops.csv' } };
const readVisits: SketchedNode = { kind: 'read.csv', params: { file: 'visits.csv' } };
const lookUp: SketchedNode = {
  kind: 'combine.join',
  params: { how: 'left', keys: [{ left: 'shop', right: 'shop' }], rightUnique: true },
};
const sumUp = (column: string): SketchedNode => ({
  kind: 'combine.aggregate',
  params: { by: ['shop'], aggregates: [{ function: 'mean', column, as: 'usual' }] },
});
const query = (text: string): SketchedNode => ({ kind: 'combine.sql', params: { query: text } });
const derive = (name: string, expression: string): SketchedNode => ({
  kind: 'clean.derive',
  params: { columns: [{ name, expression }] },
});

/** What Split warns of, by column, with the node where it happened. */
async function leaksOf(
  nodes: Readonly<Record<string, SketchedNode>>,
  wires: readonly string[],
  target: string,
): Promise<Record<string, [string, unknown]>> {
  const run = await workshop.run(
    { read: readSales('sales.csv'), ...nodes, split: { kind: 'split.rows', params: { target, id: 'id' } } },
    wires,
  );
  expect(run.problems).toEqual([]);
  return Object.fromEntries(
    run.warnings
      .filter((w) => w.code === 'leak.before-split')
      .map((w) => [w.column ?? '', [w.message.split(/[:,(]/)[0]?.trim() ?? '', w.facts?.['at'] ?? null]]),
  );
}
const oneNode = (node: SketchedNode, target: string) =>
  leaksOf({ node }, ['read.rows -> node.rows', 'node.rows -> split.rows'], target);

describe('nothing is named where nothing leaks', () => {
  test('a look-up by key in another table', async () => {
    const wires = ['read.rows -> join.left', 'shops.rows -> join.right', 'join.rows -> split.rows'];
    expect(await leaksOf({ shops: readShops, join: lookUp }, wires, 'price')).toEqual({});
    for (const how of ['inner', 'right', 'full'])
      expect(
        await leaksOf({ shops: readShops, join: { ...lookUp, params: { ...lookUp.params, how } } }, wires, 'price'),
      ).toEqual({});
  });

  test('a look-up in another table that was summed up by its key', async () => {
    expect(
      await leaksOf(
        { visits: readVisits, sums: sumUp('n'), join: lookUp },
        ['visits.rows -> sums.rows', 'read.rows -> join.left', 'sums.rows -> join.right', 'join.rows -> split.rows'],
        'price',
      ),
    ).toEqual({});
  });

  test('groups that are the rows to learn from', async () => {
    const groups = query(
      'SELECT id, any_value(shop) AS shop, sum(amount) AS amount, max(price) AS price FROM rows GROUP BY id',
    );
    expect(await oneNode(groups, 'price')).toEqual({});
  });

  test('columns of the row itself, chosen, renamed, converted', async () => {
    const own = query(
      'WITH a AS (SELECT id, amount * 2 AS twice, price, shop FROM rows WHERE amount > 1 ORDER BY id) SELECT a.*, upper(shop) AS big FROM a QUALIFY row_number() OVER (PARTITION BY id) = 1',
    );
    expect(await oneNode(own, 'price')).toEqual({});
  });
});

describe('what sums up other rows is named with its node', () => {
  const sumsUp = (column: string): string => `"${column}" sums up other rows`;

  test('a window in a formula or in SQL, over the target or not', async () => {
    expect(await oneNode(derive('usual', 'avg(price) OVER (PARTITION BY shop)'), 'price')).toEqual({
      usual: [sumsUp('usual'), 'node'],
    });
    expect(await oneNode(query('SELECT *, lag(amount) OVER (ORDER BY id) AS before FROM rows'), 'price')).toEqual({
      before: [sumsUp('before'), 'node'],
    });
  });

  test('an aggregate that is joined back, also from a second reader of the same file', async () => {
    const nodes = { sums: sumUp('price'), join: lookUp };
    const wires = ['read.rows -> join.left', 'sums.rows -> join.right', 'join.rows -> split.rows'];
    const leak = { usual: [sumsUp('usual'), 'sums'] };
    expect(await leaksOf(nodes, ['read.rows -> sums.rows', ...wires], 'price')).toEqual(leak);
    expect(
      await leaksOf({ ...nodes, again: readSales('sales.csv') }, ['again.rows -> sums.rows', ...wires], 'price'),
    ).toEqual(leak);
  });

  test('a query inside a query, a WITH, and a name that only its scope makes harmless', async () => {
    expect(await oneNode(query('SELECT *, (SELECT avg(price) FROM rows) AS overall FROM rows'), 'price')).toEqual({
      overall: [sumsUp('overall'), 'node'],
    });
    const scoped = query(
      'WITH m AS (SELECT shop, max(amount) AS amount FROM rows GROUP BY shop) SELECT rows.*, m.amount AS largest FROM rows JOIN m USING (shop)',
    );
    expect(await oneNode(scoped, 'price')).toEqual({ largest: [sumsUp('largest'), 'node'] });
  });

  test('what cannot be followed is taken for the worst', async () => {
    const wide = query("SELECT id, price, list_sum([*COLUMNS('amount|age')]) AS both FROM rows");
    expect(await oneNode(wide, 'price')).toEqual({ both: ['"both" may sum up other rows and the target', 'node'] });
  });
});

describe('what tells the target is named in the direction in which it was made', () => {
  test('a feature made from the target', async () => {
    expect(await oneNode(derive('cents', 'price * 100'), 'price')).toEqual({
      cents: ['"cents" is computed from the target "price"', null],
    });
  });

  test('a target made from a feature', async () => {
    expect(await oneNode(derive('late', "day > DATE '2024-06-30'"), 'late')).toEqual({
      day: ['The target "late" is computed from "day"', null],
    });
  });

  test('a copy of the target, and a sister of it', async () => {
    expect(await oneNode(query('SELECT *, price AS again FROM rows'), 'price')).toEqual({
      again: ['"again" is a copy of the target "price"', null],
    });
    const sisters = query('SELECT id, amount, month(day) AS month, year(day) + month(day) AS made FROM rows');
    expect(await oneNode(sisters, 'made')).toEqual({
      month: ['"month" and the target "made" are both computed from "day"', null],
    });
  });
});

describe('a column that only tells which branch a row came from, where the branches were chosen by the target', () => {
  const reported = (column: string): Record<string, [string, unknown]> => ({
    [column]: [`"${column}" is looked up`, null],
  });
  test.each([
    ["SELECT *, 1 AS f FROM rows WHERE kind = 'dear' UNION ALL SELECT *, 0 AS f FROM rows WHERE kind <> 'dear'"],
    ["SELECT *, 1 AS f FROM rows WHERE kind = 'dear' UNION ALL BY NAME SELECT * FROM rows WHERE kind <> 'dear'"],
    ["SELECT * FROM (SELECT *, 'a' AS f FROM rows WHERE kind = 'dear') UNION (SELECT *, 'b' AS f FROM rows)"],
    ['SELECT *, 1 AS f FROM (FROM rows ORDER BY kind LIMIT 40) UNION ALL SELECT *, 0 AS f FROM rows'],
    ['(SELECT *, 1 AS f FROM rows ORDER BY kind LIMIT 40) UNION ALL SELECT *, 0 AS f FROM rows'],
    ['SELECT *, 1 AS f FROM rows QUALIFY rank() OVER (ORDER BY kind) < 9 UNION ALL SELECT *, 0 AS f FROM rows'],
    [
      'SELECT *, 1 AS f FROM (SELECT DISTINCT ON (shop) * FROM rows ORDER BY shop, kind) UNION ALL SELECT *, 0 AS f FROM rows',
    ],
    [
      "WITH a AS (FROM rows WHERE kind = 'dear') SELECT *, amount AS f FROM a UNION ALL SELECT *, 0 AS f FROM rows ANTI JOIN a USING (id)",
    ],
    [
      "WITH a AS (FROM rows WHERE kind = 'dear') SELECT *, 1 AS f FROM a UNION ALL SELECT *, 0 AS f FROM (FROM rows EXCEPT FROM a)",
    ],
  ])('%s', async (text) => {
    expect(await oneNode(query(text), 'kind')).toEqual(reported('f'));
  });

  test('also where the branches are nodes of their own', async () => {
    const filter = (operator: string): SketchedNode => ({
      kind: 'clean.filter',
      params: { rules: [{ column: 'kind', operator, value: 'dear' }] },
    });
    const nodes = {
      yes: filter('equals'),
      no: filter('not-equals'),
      one: derive('f', '1'),
      zero: derive('f', '0'),
      both: { kind: 'combine.append' },
    };
    const wires = [
      'read.rows -> yes.rows',
      'read.rows -> no.rows',
      'yes.rows -> one.rows',
      'no.rows -> zero.rows',
      'one.rows -> both.rows',
      'zero.rows -> both.rows',
      'both.rows -> split.rows',
    ];
    expect(await leaksOf(nodes, wires, 'kind')).toEqual(reported('f'));
  });

  test('and nothing is named where both branches were chosen alike, or by other columns', async () => {
    for (const text of [
      'SELECT *, 1 AS f FROM rows WHERE amount > 5 UNION ALL SELECT *, 0 AS f FROM rows WHERE amount <= 5',
      'WITH a AS (FROM rows WHERE kind IS NOT NULL) SELECT *, 1 AS f FROM a WHERE amount > 5 UNION ALL SELECT *, 0 AS f FROM a WHERE amount <= 5',
      "FROM rows WHERE kind = 'dear' UNION ALL FROM rows WHERE kind <> 'dear'",
      'FROM rows QUALIFY row_number() OVER (PARTITION BY kind ORDER BY id) < 30',
    ])
      expect([text, await oneNode(query(text), 'kind')]).toEqual([text, {}]);
  });
});

describe('a look back along time', () => {
  const wires = [
    'read.rows -> types.rows',
    'types.rows -> query.rows',
    'query.rows -> split.rows',
    'split.rows -> train.rows',
  ];
  /** Columns that Split warns of, with the mend. */
  const warned = async (select: string, split: Readonly<Record<string, unknown>>): Promise<string[]> => {
    const run = await workshop.run(
      {
        read: { kind: 'read.csv', params: { file: 'days.csv' } },
        types: { kind: 'clean.types', params: { types: { day: 'date' } } },
        query: query(`SELECT *, ${select} AS made FROM rows`),
        split: { kind: 'split.rows', params: { target: 'y', time: 'day', ...split } },
        train: { kind: 'train.baseline' },
      },
      wires,
    );
    expect(run.problems).toEqual([]);
    return run.warnings.filter((w) => w.code === 'leak.before-split').map((w) => `${w.column ?? ''}: ${w.mend ?? ''}`);
  };
  beforeAll(() =>
    workshop.write(
      'days.csv',
      `day,shop,x,y\n${Array.from({ length: 40 }, (_, i) => `2024-03-${10 + (i >> 1)},${i % 2 === 0 ? 'a' : 'b'},${(i * 7) % 11}.5,${(i * 5) % 13}.25\n`).join('')}`,
    ),
  );
  const along = 'OVER (PARTITION BY shop ORDER BY day';

  test.each([
    `lag(y) ${along})`,
    `lag(y, 7, 0) ${along})`,
    `lag(x) ${along}) > 3`,
    `x / avg(y) ${along} ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING)`,
    `sum(y) ${along} RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND INTERVAL 1 DAY PRECEDING)`,
    `lag(y) ${along}) - lag(y, 2) ${along})`,
  ])('%s is no leak where rows are divided by that time, and one where they are not', async (select) => {
    expect(await warned(select, { method: 'time' })).toEqual([]);
    expect(await warned(select, { method: 'folds', foldBy: 'time', folds: 3 })).toEqual([]);
    expect(await warned(select, { method: 'random' })).toEqual([
      'made: It looks back along "day": divide by time with that column as the time, or leave it out of the features.',
    ]);
  });

  test.each([
    `lead(y) ${along})`,
    `lag(y) ${along} DESC)`,
    `lag(y, -1) ${along})`,
    `lag(x, 1, y) ${along})`,
    `avg(y) ${along} ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)`,
    `avg(y) ${along})`,
    `avg(y) OVER (ORDER BY x ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING)`,
    `y - lag(y) ${along})`,
    `lag(y) ${along}) - avg(y) OVER (PARTITION BY shop)`,
  ])('%s leaks along time too', async (select) => {
    expect(await warned(select, { method: 'time' })).toHaveLength(1);
  });
});

describe('a look-up behind Split', () => {
  const rest = { kind: 'train.gradient-boosting', params: { trees: 3 } };
  const look = async (nodes: Readonly<Record<string, SketchedNode>>, wires: readonly string[]) => {
    const run = await workshop.run(
      {
        read: readSales('sales.csv'),
        again: readSales('sales.csv'),
        shops: readShops,
        visits: readVisits,
        split: { kind: 'split.rows', params: { target: 'price', id: 'id' } },
        ...nodes,
        join: lookUp,
        learn: rest,
      },
      ['read.rows -> split.rows', 'split.rows -> join.left', 'join.rows -> learn.rows', ...wires],
    );
    expect(run.problems).toEqual([]);
    return run.warnings
      .filter((w) => w.code === 'leak.beside-split')
      .map((w) => [w.node, w.column, w.facts?.['at'], w.message.split(':')[0]]);
  };
  const said = ['join', 'usual', 'sums', expect.stringContaining('beside the Split that divides them')];

  test('in a table that sums up all rows, those of the test among them, is named', async () => {
    for (const column of ['price', 'age'])
      for (const from of ['read', 'again'])
        expect(await look({ sums: sumUp(column) }, [`${from}.rows -> sums.rows`, 'sums.rows -> join.right'])).toEqual([
          said,
        ]);
    const byHand = query('SELECT shop, avg(price) AS usual FROM rows GROUP BY shop');
    expect(await look({ sums: byHand }, ['read.rows -> sums.rows', 'sums.rows -> join.right'])).toEqual([said]);
  });

  test('of the target itself, from another reading of the file, is named as its copy', async () => {
    const one = query('SELECT shop, price AS usual FROM rows QUALIFY row_number() OVER (PARTITION BY shop) = 1');
    expect(await look({ sums: one }, ['again.rows -> sums.rows', 'sums.rows -> join.right'])).toEqual([
      ['join', 'usual', undefined, expect.stringContaining('copy of the target')],
    ]);
  });

  test('in another table is not, summed up or not', async () => {
    expect(await look({}, ['shops.rows -> join.right'])).toEqual([]);
    expect(await look({ sums: sumUp('n') }, ['visits.rows -> sums.rows', 'sums.rows -> join.right'])).toEqual([]);
  });
});
