import { expect, it } from 'vitest';
import { type FinishedRun, type SketchedNode, Workshop } from '../support/workshop.ts';

const prices = Array.from({ length: 30 }, (_, i) => `"$${i},200",${i % 7}`).join('\n');
const wires = ['file.rows -> make.rows', 'make.rows -> split.rows'];
const chain = (made: string): Record<string, SketchedNode> => ({
  file: { kind: 'read.csv', params: { file: 'rows.csv' } },
  make: { kind: 'clean.derive', params: { columns: [{ name: made, expression: 'length("price")' }] } },
  split: { kind: 'split.rows', params: { target: 'n' } },
});
const codes = ({ warnings }: FinishedRun): string[] => warnings.map(({ code }) => code);

it('a reader does not warn of what a node behind it makes good, also where its rows come from the cache', async () => {
  await using shop = await Workshop.open();
  await shop.write('rows.csv', `price,n\n${prices}\n`);
  expect(codes(await shop.run(chain('letters'), wires))).toContain('csv.numbers-as-text');
  expect(codes(await shop.run(chain('price'), wires))).not.toContain('csv.numbers-as-text');
  expect(codes(await shop.run(chain('letters'), wires))).toContain('csv.numbers-as-text');
});
