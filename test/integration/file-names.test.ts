import { expect, it } from 'vitest';
import { Workshop } from '../support/workshop.ts';

// Windows has no files with stars and question marks in their names.
const files = ['a[1]', 'a1', ...(process.platform === 'win32' ? [] : ['a*', 'ab?'])];

it.each([
  ['read.csv', 'csv'],
  ['read.jsonl', 'jsonl'],
])('%s takes a file by its name, though it looks like a pattern for others beside it', async (kind, ending) => {
  await using shop = await Workshop.open();
  for (const [n, file] of files.entries())
    await shop.write(
      `${file}.${ending}`,
      ending === 'csv' ? `n,name\n${n},x\n${n},y\n` : `{"n":${n},"name":"x"}\n{"n":${n},"name":"y"}\n`,
    );
  for (const [n, file] of files.entries()) {
    const nodes = {
      read: { kind, params: { file: `${file}.${ending}` } },
      sort: { kind: 'combine.sort', params: { keys: [{ column: 'name' }] } },
    };
    const run = await shop.run(nodes, ['read.rows -> sort.rows']);
    expect([run.problems, run.warnings]).toEqual([[], []]);
    expect((await run.rows('sort', 'name')).map((row) => Number(row['n']))).toEqual([n, n]);
  }
});

it('a Parquet file that is there is read by its name, and else the name is a pattern', async () => {
  await using shop = await Workshop.open();
  for (const [n, name] of ['a[1]', 'a1', 'a2'].entries()) {
    await shop.write('rows.csv', `n\n${n}\n`);
    const out = { kind: 'write.table', params: { file: `${name}.parquet` } };
    const written = await shop.run({ rows: { kind: 'read.csv', params: { file: 'rows.csv' } }, out }, [
      'rows.rows -> out.rows',
    ]);
    expect(written.problems).toEqual([]);
  }
  const read = async (file: string): Promise<number[]> => {
    const nodes = {
      read: { kind: 'read.parquet', params: { file } },
      sort: { kind: 'combine.sort', params: { keys: [{ column: 'n' }] } },
    };
    const run = await shop.run(nodes, ['read.rows -> sort.rows']);
    expect(run.problems).toEqual([]);
    return (await run.rows('sort', 'n')).map((row) => Number(row['n']));
  };
  expect(await read('a[1].parquet')).toEqual([0]);
  expect(await read('a[12].parquet')).toEqual([1, 2]);
});
