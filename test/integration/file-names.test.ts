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
