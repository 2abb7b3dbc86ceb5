import { expect, it } from 'vitest';
import { Workshop, type FinishedRun, type SketchedNode } from '../support/workshop.ts';

const rows = Array.from(
  { length: 60 },
  (_, i) => `"${i},5",${i % 7},person ${i},${i % 6 === 0 ? '' : i % 2 === 0 ? 'a' : 'b'}`,
);
const chain = (trees: number): Record<string, SketchedNode> => ({
  file: { kind: 'read.csv', params: { file: 'rows.csv' } },
  split: { kind: 'split.rows', params: { target: 'kind' } },
  encode: { kind: 'prepare.encode' },
  train: { kind: 'train.gradient-boosting', params: { trees } },
});
const wires = ['file.rows -> split.rows', 'split.rows -> encode.rows', 'encode.rows -> train.rows'];
const said = ({ warnings }: FinishedRun): string[] =>
  warnings.map(({ node, code, message }) => `${node} ${code} ${message}`).toSorted();
const started = ({ events }: FinishedRun): string[] =>
  events.flatMap((e) => (e.type === 'node-started' ? [e.node] : []));

it('what a reader, Split and a fitted node warned of is told again when they come from the cache, also of an edit that was taken back', async () => {
  await using shop = await Workshop.open();
  await shop.write('rows.csv', `price,n,name,kind\n${rows.join('\n')}\n`);
  const first = await shop.run(chain(3), wires);
  expect(first.problems).toEqual([]);
  expect(new Set(first.warnings.map((w) => `${w.node} ${w.code}`))).toEqual(
    new Set(['file csv.numbers-as-text', 'split split.target-missing', 'encode encode.names']),
  );
  const second = await shop.run(chain(3), wires);
  expect([started(second), said(second)]).toEqual([[], said(first)]);
  const edited = await shop.run(chain(4), wires);
  expect([started(edited), said(edited)]).toEqual([['train'], said(first)]);
  const back = await shop.run(chain(3), wires);
  expect([started(back), said(back)]).toEqual([[], said(first)]);
});
