import { appendFileSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { Workshop } from '../support/workshop.ts';

const text = (rows: number): string =>
  `id,name,amount\n${Array.from({ length: rows }, (_, i) => `${i},name ${i % 997},${i / 7}`).join('\n')}\n`;
const large = text(400_000);
const nodes = {
  file: { kind: 'read.csv', params: { file: 'large.csv' } },
  kept: { kind: 'clean.filter', params: { rules: [{ column: 'amount', operator: 'at-least', value: '1' }] } },
  out: { kind: 'write.table', params: { file: 'out.csv' } },
  groups: { kind: 'combine.aggregate', params: { by: ['name'], aggregates: [{ function: 'sum', column: 'amount' }] } },
};
const wires = ['file.rows -> kept.rows', 'kept.rows -> out.rows', 'kept.rows -> groups.rows'];

it.each([
  ['gets more lines', (path: string) => appendFileSync(path, '400001,late,1.5\n')],
  ['is replaced by one of the same size', (path: string) => writeFileSync(path, large.replaceAll('name', 'NAME'))],
  ['is cut in the middle of a line', (path: string) => truncateSync(path, large.length / 2 + 3)],
])('a file that %s while it is read: the run says so at its node, and nothing is kept', async (_, change) => {
  await using shop = await Workshop.open();
  const path = join(shop.folder, 'large.csv');
  await shop.write('large.csv', large);
  let changed = false;
  const changeOnce = (event: RunEvent): void => {
    if (changed || event.type !== 'node-started' || event.node !== 'file') return;
    changed = true;
    change(path);
  };
  const run = await shop.run(nodes, wires, changeOnce);
  expect({ changed, status: run.status }).toEqual({ changed: true, status: 'failed' });
  expect(run.problems[0]).toMatchObject({
    code: 'source.changed',
    node: 'file',
    param: 'file',
    message: expect.stringContaining('changed while it was read'),
    mend: expect.stringMatching(/^Run again/),
  });
  const kept: string[] = [];
  for await (const artifact of shop.environment.store.list()) kept.push(artifact.manifest.kind);
  expect({ kept, written: existsSync(join(shop.folder, 'out.csv')) }).toEqual({ kept: [], written: false });

  await shop.write('large.csv', large);
  expect((await shop.run(nodes, wires)).status).toBe('done');
});
