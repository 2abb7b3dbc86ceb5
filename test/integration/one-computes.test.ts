import { expect, it } from 'vitest';
import { Workshop } from '../support/workshop.ts';

const rows = `a,b,c,y\n${Array.from({ length: 4000 }, (_, i) => `${i % 97},${(i * 31) % 89},${i % 13},${(i * 7919) % 97 > 40 ? 'yes' : 'no'}`).join('\n')}\n`;
const nodes = {
  file: { kind: 'read.csv', params: { file: 'rows.csv' } },
  split: { kind: 'split.rows', params: { target: 'y' } },
  model: { kind: 'train.gradient-boosting', params: { trees: 150 } },
};
const wires = ['file.rows -> split.rows', 'split.rows -> model.rows'];

it('of two runs that need one result, one computes it and the other waits for it', async () => {
  await using shop = await Workshop.open();
  await shop.write('rows.csv', rows);
  const both = await Promise.all([shop.run(nodes, wires), shop.run(nodes, wires)]);
  expect(both.map((run) => run.status)).toEqual(['done', 'done']);
  const said = both.map((run) =>
    run.events.flatMap((e) => (e.type === 'node-log' && e.node === 'model' ? [e.text] : [])),
  );
  expect(said.flat().filter((text) => text.includes('all trees were grown'))).toHaveLength(1);
  expect(said.flat().filter((text) => text.startsWith('Another run computes this'))).toHaveLength(1);
  expect(both[0]?.artifact('model').manifest).toEqual(both[1]?.artifact('model').manifest);
});
