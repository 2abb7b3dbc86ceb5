/** Data and settings that cannot work, each in a branch of one pipeline: told by the real command at its node, with the mend, while the other branches go on. */
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder, type Ended } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
  here.write('people.csv', peopleCsv);
});
afterAll(() => here.remove());

interface Reported {
  type: string;
  node?: string;
  status?: string;
  reason?: string;
  problem?: { code: string; message: string; mend?: string; column?: string; param?: string };
}
const reported = (ended: Ended): Reported[] =>
  ended
    .lines()
    .map((line) => Object.assign({ type: '' }, line))
    .filter(({ type }) => /^(node-(failed|warning|skipped)|run-finished|error)$/.test(type));
/** One sentence of what is wrong and one of how to mend it, in words of ours. */
const spoken = (problem: Reported['problem']): string => `${problem?.code}: ${problem?.message} ${problem?.mend ?? ''}`;
const rows = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${make(i)}\n`).join('');

const good = `age,city,next\n${rows(60, (i) => `${20.5 + i},${i % 2 === 0 ? 'Köln' : 'Oslo'},${i % 3 === 0 ? 'goes' : 'stays'}`)}`;
const bytes = (text: string, encoding: BufferEncoding): Buffer => Buffer.from(text, encoding);

/** What is wrong with the table → its bytes, the node of the branch that must say so, and what it must say. */
const tables: Record<string, [content: string | Buffer, at: string, says: RegExp]> = {
  'utf-16': [
    bytes(`\uFEFF${good}`, 'utf16le'),
    'read',
    /^csv.encoding: The file is not UTF-8\. Set the encoding to UTF-16/,
  ],
  'latin-1': [bytes(good, 'latin1'), 'read', /^csv.encoding: .*line 2 has other letters\. Set the encoding to Latin-1/],
  'no-encoding': [
    Buffer.concat([bytes(good, 'utf8'), Buffer.from([0x33, 0x2c, 0xff, 0x80, 0x81, 0x2c, 0x78, 0x0a])]),
    'read',
    /^csv.encoding: The file is UTF-8, but line 62 has bytes that are no letters in it\. Correct the line/,
  ],
  'open-quote': [`${good}30,"Oslo,goes\n${good}`, 'read', /^csv\.\S+: .*quotes/],
  ragged: [
    `${good}30,Oslo\n31,Oslo,goes,more\n`,
    'read',
    /^csv.ragged-row: Line 62 has 2 values instead of 3.* leave them out/,
  ],
  empty: ['', 'read', /^csv.empty: The file is empty\. Choose another file/],
  'blank-lines': ['\n\n\n', 'read', /^csv.empty/],
  workbook: [`PK\u0003\u0004${good}`, 'read', /^csv.not-csv: This is an Excel workbook/],
  'only-a-header': ['age,city,next\n', 'split', /^split.no-rows: There are no rows to divide\. /],
  vanished: [
    good.replace('next', 'later'),
    'split',
    /^column.missing: There is no column "next" here\. It has age, city, later/,
  ],
  'no-target': [
    `age,city,next\n${rows(40, (i) => `${i + 0.5},a,`)}`,
    'split',
    /^split.no-target: "next" is missing in every row/,
  ],
  'one-class': [
    `age,city,next\n${rows(40, (i) => `${i + 0.5},a,stays`)}`,
    'train',
    /^train.one-class: All .* have the same class: "next" is stays\. /,
  ],
  'a-zero-in-a-name': [good.replace('city', 'ci\0ty'), 'read', /^csv.name-with-zero: The name of the column "ci␀ty"/],
  infinite: [
    `age,city,next\n${rows(40, (i) => `${i % 10 === 5 ? 'inf' : i + 0.5},a${i},${i % 2 === 0 ? 'goes' : 'stays'}`)}`,
    'fill',
    /^prepare.infinite: The column "age" holds infinite values.* Replace them/,
  ],
};
/** SQL that may not be, on the good table. */
const queries: Record<string, [query: string, says: RegExp]> = {
  'reads-a-file': [`SELECT * FROM read_csv('/etc/hostname')`, /may not|not allowed/],
  'reads-a-name': [`SELECT * FROM '/etc/hostname'`, /not one of its inputs/],
  'asks-chance': ['SELECT *, random() AS r FROM rows', /random/],
  'asks-the-clock': ['SELECT *, now() AS t FROM rows', /now/],
  'asks-the-clock-by-a-word': ['SELECT *, current_date AS t FROM rows', /current_date gives another value/],
  'takes-a-sample': ['SELECT * FROM rows USING SAMPLE 10%', /SAMPLE takes other rows/],
  'writes-a-file': [`COPY (SELECT 1) TO 'stolen.csv'`, /SELECT/],
};

describe('one run of many bad branches', () => {
  let ended: Ended;
  let of: (node: string, type: string) => Reported | undefined;
  beforeAll(async () => {
    const nodes: Record<string, unknown> = { people: { kind: 'read.csv', params: { file: 'people.csv' } } };
    const wires: string[] = [];
    for (const [name, [content]] of Object.entries(tables)) {
      writeFileSync(join(here.folder, `${name}.csv`), content);
      Object.assign(nodes, {
        [`read-${name}`]: { kind: 'read.csv', params: { file: `${name}.csv` } },
        [`split-${name}`]: { kind: 'split.rows', params: { target: 'next', seed: 1 } },
        [`fill-${name}`]: { kind: 'prepare.impute' },
        [`codes-${name}`]: { kind: 'prepare.encode' },
        [`train-${name}`]: { kind: 'train.logistic-regression' },
      });
      const chain = ['read', 'split', 'fill', 'codes', 'train'].map((step) => `${step}-${name}`);
      chain.slice(1).forEach((node, i) => wires.push(`${chain[i]}.rows -> ${node}.rows`));
    }
    for (const [name, [query]] of Object.entries(queries)) {
      nodes[`sql-${name}`] = { kind: 'combine.sql', params: { query } };
      wires.push(`people.rows -> sql-${name}.rows`);
    }
    here.write('bad.pipeline.json', { flowyard: 1, nodes, wires });
    ended = await here.run('run', 'bad.pipeline.json', '--json');
    of = (node, type) => reported(ended).find((one) => one.node === node && one.type === type);
  });

  it.each(Object.entries(tables))('a table: %s', (name, [, at, says]) => {
    const failed = of(`${at}-${name}`, 'node-failed');
    expect(spoken(failed?.problem)).toMatch(says);
    expect(failed?.problem?.mend).not.toBe(undefined);
    // What stands behind is skipped, and names the culprit; it does not fail in words of its own.
    const culprit = new Map([
      ['read', `${name}.csv`],
      ['split', 'Split'],
      ['fill', 'Impute'],
    ]).get(at);
    expect(of(`train-${name}`, 'node-skipped')?.reason).toBe(culprit === undefined ? undefined : `"${culprit}" failed`);
  });

  it.each(Object.entries(queries))('a query: %s', (name, [, says]) => {
    const failed = of(`sql-${name}`, 'node-failed');
    expect(spoken(failed?.problem)).toMatch(says);
    expect(failed?.problem?.code).not.toMatch(/^(internal|sql\.failed)/);
  });

  it('nothing is said in the words of the machinery, nothing was written, and the run ends as failed', () => {
    expect([ended.code, ended.err]).toEqual([1, '']);
    for (const { problem } of reported(ended)) {
      expect(problem?.code ?? '').not.toMatch(/^(internal|sql\.failed)/);
      expect(problem?.message ?? '').not.toMatch(/Error:|\n|\{/);
    }
    expect(existsSync(join(here.folder, 'stolen.csv'))).toBe(false);
  });
});

it('columns of nothing and bytes of zero are data: they are learnt around, with a warning', async () => {
  here.write('nothing.csv', `age,city,next\n${rows(80, (i) => `,c${i % 9}\0,${i % 2 === 0 ? 'goes' : 'stays'}`)}`);
  here.write('nothing.pipeline.json', smallPipeline());
  const ended = await here.run('run', 'nothing.pipeline.json', '--param', 'file=nothing.csv', '--json');
  expect(reported(ended).at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
  expect(reported(ended).map(({ problem }) => problem?.code)).toContain('impute.all-missing');
});

it('a file outside the workspace is refused when the pipeline names it, and read when the person does', async () => {
  const elsewhere = makeCommandFolder();
  elsewhere.write('people.csv', peopleCsv);
  const outside = join(elsewhere.folder, 'people.csv');
  mkdirSync(join(here.folder, 'inside'));
  const folder = join(here.folder, 'inside');
  const base = smallPipeline();
  here.write('inside/out.pipeline.json', { ...base, parameters: { file: { type: 'file', default: outside } } });
  const args = ['run', 'inside/out.pipeline.json', '--workspace', folder, '--to', 'split'];
  const refused = await here.run(...args, '--json');
  expect([refused.code, reported(refused)[0]]).toMatchObject([
    1,
    { type: 'node-failed', node: 'people', problem: { code: 'file.outside-workspace', param: 'file' } },
  ]);
  expect(reported(refused)[0]?.problem?.mend).toContain('--param');
  const up = await here.run(...args, '--set', 'people.file=../people.csv', '--json');
  expect(reported(up)[0]).toMatchObject({ problem: { code: 'file.outside-workspace' } });
  expect((await here.run(...args, '--param', `file=${outside}`)).code).toBe(0);
  elsewhere.remove();
});

it('a file that changes while it is read is named, and nothing of it is kept', async () => {
  const folder = makeCommandFolder();
  folder.write('moving.csv', `id,name,next\n${rows(600_000, (i) => `${i},name ${i % 997},${i % 2}`)}`);
  folder.write('moving.pipeline.json', {
    flowyard: 1,
    nodes: {
      moving: { kind: 'read.csv', params: { file: 'moving.csv' } },
      out: { kind: 'write.table', params: { file: 'out.csv' } },
    },
    wires: ['moving.rows -> out.rows'],
  });
  // As a program does that writes a log: again and again, so that one of the lines comes before the read is over.
  const runWhileWritten = async (): Promise<Ended> => {
    const { ended, said } = folder.start('run', 'moving.pipeline.json', '--no-cache', '--json');
    await said(/"node-started"/);
    const writer = setInterval(() => appendFileSync(join(folder.folder, 'moving.csv'), '1,late,0\n'), 5);
    return ended.finally(() => clearInterval(writer));
  };
  let run = await runWhileWritten();
  // Where this process stood still, none came: then once more.
  while (run.code === 0) {
    rmSync(join(folder.folder, 'out.csv'));
    run = await runWhileWritten();
  }
  expect([run.code, reported(run)[0]?.node, spoken(reported(run)[0]?.problem)]).toEqual([
    1,
    'moving',
    'source.changed: "moving.csv" changed while it was read. Run again when nobody writes to it.',
  ]);
  expect(existsSync(join(folder.folder, 'out.csv'))).toBe(false);
  expect((await folder.run('run', 'moving.pipeline.json')).code).toBe(0);
  folder.remove();
});

it('a run while the app is open on the workspace is in the history of that app', async () => {
  here.write('people.pipeline.json', smallPipeline());
  const app = here.start('app', '--no-open', '--json');
  const serving = await app.said(/"url":"[^"]+"/);
  const taken = await here.run('app', '--no-open', '--workspace', here.folder, '--json');
  // The folder has its app: the second start gives a fresh address of the first.
  expect([taken.code, new URL(String(taken.lines()[0]?.['url'])).port]).toEqual([
    0,
    new URL(/http[^"]+/.exec(serving)?.[0] ?? '').port,
  ]);
  const ran = await here.run('run', 'people.pipeline.json', '--to', 'split', '--json');
  expect(ran.code).toBe(0);
  const seen = await here.run('runs', '--json');
  expect(seen.lines()[0]).toMatchObject({ id: ran.lines()[0]?.['run'], status: 'done' });
  app.child.kill('SIGTERM');
  expect((await app.ended).code).toBe(0);
});

it('a port in use is said with the mend, and nothing stays behind', async () => {
  const first = makeCommandFolder();
  const app = first.start('app', '--no-open', '--json');
  const port = new URL(/http[^"]+/.exec(await app.said(/"url":"[^"]+"/))?.[0] ?? '').port;
  const second = await here.run('app', '--no-open', '--port', port);
  expect([second.code, second.out, second.err]).toEqual([
    1,
    '',
    `The port ${port} is used by another program. Choose another port, or 0 for any that is free.\n`,
  ]);
  app.child.kill('SIGTERM');
  await app.ended;
  first.remove();
});

it('the app opens no other folder than the one that is named', async () => {
  const ended = await here.run('app', 'my-work', '--no-open');
  expect([ended.code, ended.out, ended.err]).toEqual([
    2,
    '',
    '"my-work" is not an option. Name the folder by --workspace my-work.\n',
  ]);
});
