/** What a window is answered, with the real node kinds, beside what a run says of the same pipeline. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPreviewParts } from '../../cli/run-environment.ts';
import { Workshop, type SketchedNode } from '../../test/support/workshop.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { decodePage } from '../../shared/rpc/page.ts';
import { openEngine, type PreviewEngine } from './open-engine.ts';

let workshop: Workshop;
let engine: PreviewEngine;
beforeEach(async () => {
  workshop = await Workshop.open();
  const budget = { workspace: workshop.folder, threads: 1, memoryBytes: 2 ** 30 };
  engine = await openEngine(budget, {
    ...(await openPreviewParts({ ...budget, readOnly: false })),
    // A promise of its own, as in a process that tells what it works at.
    atWork: async (_node, work) => await work(),
  });
});
afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  await workshop[Symbol.asyncDispose]();
});

const stay = { signal: new AbortController().signal };
type Nodes = Readonly<Record<string, SketchedNode>>;
const chain = (nodes: Nodes): string[] =>
  Object.keys(nodes)
    .slice(1)
    .map((to, i) => `${Object.keys(nodes)[i] ?? ''}.rows -> ${to}.rows`);
const fileOf = (nodes: Nodes, wires = chain(nodes)): PipelineFile =>
  pipelineFile.parse({ flowyard: 1, title: 'A test', nodes, wires });
const check = (file: PipelineFile) =>
  engine.handlers['plan.check']({ pipeline: { path: 'a.pipeline.json', file }, to: null }, stay);
async function look(file: PipelineFile, node: string, { fold, offset = 0 }: { fold?: number; offset?: number } = {}) {
  const opened = await engine.handlers['preview.open'](
    { pipeline: { path: 'a.pipeline.json', file }, node, port: 'rows', ...(fold === undefined ? {} : { fold }) },
    stay,
  );
  const { page, rows } = await engine.handlers['preview.page'](
    { preview: opened.preview, offset, limit: 200, sort: null, filter: '' },
    stay,
  );
  return { ...opened, rows, page: decodePage(page) };
}
const problemOf = (work: Promise<unknown>): Promise<Problem | undefined> => work.then(() => undefined, toProblem);

const numbers = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${i},${i % 3 === 0 ? '' : i}`).join('\n');

test('what stands before a node that lacks a wire has not run for that', async () => {
  await writeFile(join(workshop.folder, 'data.csv'), `a,b\n${numbers(30)}\n`);
  const nodes: Nodes = {
    read: { kind: 'read.csv', params: { file: 'data.csv' } },
    split: { kind: 'split.rows', params: { target: 'b' } },
    linear: { kind: 'train.linear-regression' },
    measure: { kind: 'evaluate.regression' },
  };
  const wires = ['read.rows -> split.rows', 'split.rows -> linear.rows', 'linear.model -> measure.model'];
  const { problems, nodes: said, plan } = await check(fileOf(nodes, wires));
  expect(problems.map((p) => [p.node, p.fixes])).toEqual([
    ['measure', [{ do: 'wire', title: 'Wire "Marked rows" of "Split"', wire: 'split.rows -> measure.rows' }]],
  ]);
  expect(Object.values(said).map((n) => n.freshness.state)).toEqual(['never', 'never', 'never', 'never']);
  expect(plan.compute).toEqual([]);
});

describe('a file that cannot be read right', () => {
  const nodes: Nodes = {
    read: { kind: 'read.csv', params: { file: 'data.csv' } },
    pick: { kind: 'clean.select' },
    keep: { kind: 'write.table', params: { file: 'out.csv' } },
  };
  const wires = ['read.rows -> pick.rows', 'pick.rows -> keep.rows'];

  test.each<[string, string | Uint8Array]>([
    ['csv.ragged-row', 'a,b\n1,2\n3\n4,5\n'],
    ['csv.encoding', Buffer.from('name,x\nZürich,1\nKöln,2\n', 'latin1')],
    ['csv.encoding', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le')],
    ['csv.not-csv', Buffer.from('PK\u0003\u0004rest\u0000')],
    ['csv.empty', ''],
    ['column.reserved', '__row,b\n1,2\n'],
  ])('is told at its node by the check, the preview of what follows and the run alike: %s', async (code, content) => {
    await writeFile(join(workshop.folder, 'data.csv'), content);
    const { problems } = await check(fileOf(nodes, wires));
    expect(problems).toEqual([expect.objectContaining({ code, node: 'read', severity: 'error' })]);
    const [reported] = problems;
    expect(await problemOf(look(fileOf(nodes, wires), 'pick'))).toEqual(reported);
    expect((await workshop.run(nodes, wires)).problems).toEqual([reported]);
  });

  test.each([
    ['csv.late-value', 'x,1'],
    ['csv.ragged-row', '1,2,3'],
  ])('far behind its head is told when its rows are read: %s', async (code, line) => {
    await writeFile(join(workshop.folder, 'data.csv'), `a,b\n${numbers(30_000)}\n${line}\n`);
    expect((await look(fileOf(nodes, wires), 'pick')).page.rows).toBe(200);
    const problem = await problemOf(look(fileOf(nodes, wires), 'pick', { offset: 20_000 }));
    expect(problem).toMatchObject({ code, node: 'read' });
    expect((await workshop.run(nodes, wires)).problems).toEqual([problem]);
  });

  test('is read anew when it was mended', async () => {
    await writeFile(join(workshop.folder, 'data.csv'), 'a,b\n1,2\n3\n');
    expect((await check(fileOf(nodes, wires))).problems).toHaveLength(1);
    await writeFile(join(workshop.folder, 'data.csv'), 'a,other\n1,two\n3,four\n');
    const { problems, schemas } = await check(fileOf(nodes, wires));
    expect(problems).toEqual([]);
    expect(schemas['pick.rows']?.columns).toEqual([
      { name: 'a', type: 'BIGINT' },
      { name: 'other', type: 'VARCHAR' },
    ]);
    expect((await look(fileOf(nodes, wires), 'pick')).page.columns[1]?.values).toEqual(['two', 'four']);
  });
});

describe('what a preview computes on its way', () => {
  const nodes: Nodes = {
    read: { kind: 'read.csv', params: { file: 'data.csv' } },
    split: { kind: 'split.rows', params: { target: 'n' } },
    fill: { kind: 'prepare.impute' },
    keep: { kind: 'write.table', params: { file: 'out.csv' } },
  };

  test('is no result: the first run computes it, and its record is that of a run before which nobody looked', async () => {
    await writeFile(join(workshop.folder, 'data.csv'), `n,m\n${numbers(60)}\n`);
    const shown = await look(fileOf(nodes), 'fill');
    expect(shown).toMatchObject({ origin: 'live', rows: null });
    expect(shown.page.columns.every(({ values }) => values.every((v) => v !== null))).toBe(true);
    const before = await check(fileOf(nodes));
    expect(Object.values(before.nodes).map((n) => n.freshness.state)).toEqual(['never', 'never', 'never', 'never']);
    expect(before.plan.compute.toSorted()).toEqual(['fill', 'keep', 'read', 'split']);

    const run = await workshop.run(nodes, chain(nodes));
    expect(run.status).toBe('done');
    expect(run.events.filter((e) => e.type === 'node-cached')).toEqual([]);
    // What the run stored, a preview shows.
    expect(await look(fileOf(nodes), 'split')).toMatchObject({ origin: 'result', exact: true, rows: 60 });
  });
});

test('what a run warned of is told again by the check when its pipeline is opened later, until the node changes', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i === 7 ? 'rare' : i % 2 === 0 ? 'a' : 'b'}`);
  await writeFile(join(workshop.folder, 'data.csv'), `n,kind\n${rows.join('\n')}\n`);
  const nodes = (testFraction: number): Nodes => ({
    read: { kind: 'read.csv', params: { file: 'data.csv' } },
    split: { kind: 'split.rows', params: { target: 'kind', testFraction } },
  });
  const of = (problems: readonly Problem[]) => problems.map(({ node, code, message }) => ({ node, code, message }));
  expect((await check(fileOf(nodes(0.2)))).problems).toEqual([]);
  const { events } = await workshop.run(nodes(0.2), chain(nodes(0.2)));
  const warned = events.flatMap((e) => (e.type === 'node-warning' ? [e.problem] : []));
  expect(new Set(warned.map(({ node }) => node))).toEqual(new Set(['split']));
  expect(of((await check(fileOf(nodes(0.2)))).problems)).toEqual(of(warned));
  expect((await check(fileOf(nodes(0.3)))).problems).toEqual([]);
});

describe('inside cross-validation', () => {
  const nodes: Nodes = {
    read: { kind: 'read.csv', params: { file: 'data.csv' } },
    split: { kind: 'split.rows', params: { target: 'n', method: 'folds', folds: 3, testFraction: 0 } },
    fill: { kind: 'prepare.impute' },
    train: { kind: 'train.linear-regression' },
    judge: { kind: 'evaluate.regression' },
  };
  const wires = [
    'read.rows -> split.rows',
    'split.rows -> fill.rows',
    'fill.rows -> train.rows',
    'train.model -> judge.model',
    'fill.rows -> judge.rows',
  ];
  const held = (page: Awaited<ReturnType<typeof look>>['page']): unknown[] => {
    const marks = page.columns.find((c) => c.name === '__partition')?.values ?? [];
    const ids = page.columns.find((c) => c.name === 'n')?.values ?? [];
    return ids.filter((_, i) => marks[i] === 'test');
  };

  test('a preview shows the first fold, or the one that is asked for; what stands before the folds has none', async () => {
    await writeFile(join(workshop.folder, 'data.csv'), `n,m\n${numbers(60)}\n`);
    const file = fileOf(nodes, wires);
    expect((await check(file)).problems.filter((p) => p.severity === 'error')).toEqual([]);
    const first = await look(file, 'fill');
    expect(first.fold).toEqual({ shown: 1, of: [1, 2, 3] });
    const others = [await look(file, 'fill', { fold: 2 }), await look(file, 'fill', { fold: 3 })];
    expect(others.map((o) => o.fold?.shown)).toEqual([2, 3]);
    expect((await look(file, 'fill', { fold: 1 })).page).toEqual(first.page);
    // Each row is held out in one of them.
    const tested = [first, ...others].map((one) => held(one.page));
    expect(tested.map((rows) => rows.length)).toEqual([20, 20, 20]);
    expect(new Set(tested.flat()).size).toBe(60);
    expect((await look(file, 'split')).fold).toBeUndefined();
    expect(await problemOf(look(file, 'fill', { fold: 7 }))).toMatchObject({
      code: 'preview.no-fold',
      mend: 'Its folds are 1, 2, 3.',
      node: 'fill',
    });
  });
});

describe('a pipeline for a file that was opened', () => {
  const quickStart = (path: string, read: Record<string, string> = {}) =>
    engine.handlers['pipelines.quickStart']({ path, target: null, read }, stay);

  test('a file in another encoding is named with its mend, and with it the pipeline is built', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `Köln,${i}`).join('\n');
    await writeFile(join(workshop.folder, 'orte.csv'), Buffer.from(`größe,n\n${rows}\n`, 'latin1'));
    const problem = await problemOf(Promise.resolve(quickStart('orte.csv')));
    expect(problem).toMatchObject({
      code: 'csv.encoding',
      fixes: [{ do: 'set', param: 'encoding', value: 'latin-1' }],
    });
    const { file, columns } = await quickStart('orte.csv', { encoding: 'latin-1' });
    expect(columns.map((c) => c.name)).toEqual(['größe', 'n']);
    expect(file.nodes['rows']?.params).toMatchObject({ encoding: 'latin-1' });
  });

  test('is read as what its name says; the last of the likely columns is the target', async () => {
    await writeFile(join(workshop.folder, 'rows.jsonl'), '{"class":"third","age":3,"survived":"no","note":"x"}\n');
    const { file, target } = await quickStart('rows.jsonl');
    expect([file.nodes['rows']?.kind, target]).toEqual(['read.jsonl', 'survived']);
  });

  test('says why that target, and what the reader doubts with its mend', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `$${i},200;${i},5;x${i}`).join('\n');
    await writeFile(join(workshop.folder, 'sold.csv'), `sale_price;weight;agent\n${rows}\n`);
    const { target, reason, findings } = await quickStart('sold.csv');
    expect([target, reason]).toEqual(['sale_price', 'name']);
    expect(findings.flatMap((f) => f.fixes ?? [])).toEqual([
      expect.objectContaining({ do: 'set', param: 'decimalMark', value: 'comma' }),
      expect.objectContaining({ do: 'insert', kind: 'clean.derive' }),
    ]);
    await writeFile(join(workshop.folder, 'towns.csv'), 'town,n\nKiel,1\nBonn,2\n');
    expect(await quickStart('towns.csv')).toMatchObject({ target: 'n', reason: 'last', findings: [] });
  });
});

test('a preview shows no late value changed: its first rows are there, deeper ones say what a run says', async () => {
  await writeFile(join(workshop.folder, 'late.csv'), `a,b\n${'1,2\n'.repeat(25_000)}1,2.5\n`);
  const read: SketchedNode = { kind: 'read.csv', params: { file: 'late.csv' } };
  const file = fileOf({ read, pick: { kind: 'clean.select' } });
  for (const node of ['read', 'pick']) {
    expect((await look(file, node)).page.rows).toBe(200);
    expect(await problemOf(look(file, node, { offset: 24_900 }))).toMatchObject({
      code: 'csv.inexact-value',
      column: 'b',
      node: 'read',
    });
  }
});

test('a profile of few rows counts distinct values one by one: an estimate may say 13 of 12', async () => {
  await writeFile(
    join(workshop.folder, 'data.csv'),
    `key,half\n${Array.from({ length: 300 }, (_, i) => `note-${i}.jpg,${i % 150}`).join('\n')}\n`,
  );
  const opened = await look(fileOf({ read: { kind: 'read.csv', params: { file: 'data.csv' } } }), 'read');
  const profiles = engine.handlers['preview.profile']({ preview: opened.preview }, stay);
  for await (const { exact, columns } of profiles)
    if (exact)
      expect(columns.map((c) => [c.name, c.distinct])).toEqual([
        ['key', 300],
        ['half', 150],
      ]);
});

test('a profile whose preview is put away says so, and is no fault', async () => {
  const nodes: Nodes = {
    read: { kind: 'read.csv', params: { file: 'many.csv' } },
    cross: {
      kind: 'combine.sql',
      params: {
        query: 'SELECT a.a, count(*) AS c FROM rows a, rows b, rows c, rows d WHERE a.a + b.a <> c.a * d.a GROUP BY 1',
      },
    },
  };
  await writeFile(join(workshop.folder, 'many.csv'), `a\n${Array.from({ length: 2000 }, (_, i) => i).join('\n')}\n`);
  const opened = await engine.handlers['preview.open'](
    { pipeline: { path: 'a.pipeline.json', file: fileOf(nodes) }, node: 'cross', port: 'rows' },
    stay,
  );
  const { preview } = opened;
  const profile = problemOf(
    (async () => {
      for await (const item of engine.handlers['preview.profile']({ preview }, stay)) void item;
    })(),
  );
  await new Promise((done) => setTimeout(done, 200));
  await engine.handlers['preview.close']({ preview }, stay);
  expect(await profile).toMatchObject({ code: 'preview.closed' });
});

test('a formula field offers what the judge lets pass, and is told what a run would say', async () => {
  await writeFile(join(workshop.folder, 'data.csv'), 'a,b\n1,2\n');
  const file = fileOf({
    read: { kind: 'read.csv', params: { file: 'data.csv' } },
    filter: { kind: 'clean.filter' },
    query: { kind: 'combine.sql' },
  });
  const offered = (await engine.handlers['plan.functions']({}, stay)).map((f) => f.name);
  expect(offered).toContain('levenshtein');
  for (const name of ['random', 'now', 'ago', 'current_setting', 'session_user', 'pg_get_viewdef'])
    expect(offered).not.toContain(name);
  const ask = async (node: string, param: string, text: string) => {
    const pipeline = { path: 'a.pipeline.json', file };
    const { type, problem } = await engine.handlers['plan.expression']({ pipeline, node, param, text }, stay);
    return problem?.code ?? type;
  };
  expect(await ask('filter', 'expression', 'a > b')).toBe('BOOLEAN');
  expect(await ask('filter', 'expression', 'SELECT true')).toBe('sql.subquery');
  expect(await ask('filter', 'expression', 'session_user = $$x$$')).toBe('sql.reaches-outside');
  expect(await ask('query', 'query', 'SELECT a FROM rows')).toBe(null);
  expect(await ask('query', 'query', 'SELECT * FROM duckdb_tables')).toBe('sql.unknown-table');
});

test('who gives up a profile and puts its preview away leaves no failure behind that ends the process', async () => {
  await writeFile(join(workshop.folder, 'data.csv'), `a,b\n${numbers(200_000)}\n`);
  const file = fileOf({ read: { kind: 'read.csv', params: { file: 'data.csv' } }, pick: { kind: 'clean.select' } });
  const unhandled: unknown[] = [];
  const note = (thrown: unknown): void => void unhandled.push(thrown);
  process.on('unhandledRejection', note);
  const { preview } = await engine.handlers['preview.open'](
    { pipeline: { path: 'a.pipeline.json', file }, node: 'pick', port: 'rows' },
    stay,
  );
  const leaving = new AbortController();
  const profile = engine.handlers['preview.profile']({ preview }, { signal: leaving.signal })[Symbol.asyncIterator]();
  expect(await profile.next()).toMatchObject({ done: false, value: { exact: false } });
  leaving.abort();
  const exact = problemOf(profile.next());
  await engine.handlers['preview.close']({ preview }, stay);
  expect(await exact).toMatchObject({ code: 'run.cancelled' });
  await new Promise((done) => setTimeout(done, 50));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
