import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { Workshop } from '../support/workshop.ts';

const nodes = {
  file: { kind: 'read.csv', params: { file: 'rows.csv' } },
  out: { kind: 'write.table', params: { file: 'out.csv', overwrite: true } },
};
const started = (events: readonly RunEvent[]): string[] =>
  events.flatMap((e) => (e.type === 'node-started' ? [e.node] : [])).toSorted();

it('a written file that was removed or changed is written again, and one that is as it was is not', async () => {
  await using shop = await Workshop.open();
  const out = join(shop.folder, 'out.csv');
  await shop.write('rows.csv', 'a,b\n1,x\n2,y\n');
  const run = async (): Promise<string[]> => started((await shop.run(nodes, ['file.rows -> out.rows'])).events);
  expect(await run()).toEqual(['file', 'out']);
  expect(await run()).toEqual([]);
  rmSync(out);
  expect(await run()).toEqual(['file', 'out']);
  expect(existsSync(out)).toBe(true);
  expect(await run()).toEqual([]);
  writeFileSync(out, 'something else');
  expect(await run()).toEqual(['file', 'out']);
  expect(await run()).toEqual([]);
});
