import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from './store.ts';

it('a prompt has a version for each content, whatever its column is called', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowyard-prompts-'));
  const store = openStore(folder, { now: () => 5 });
  const keep = (template: string, run: string, output = 'prompt', node = 'ask'): number =>
    store.prompts.keep({
      pipeline: 'a.pipeline.json',
      node,
      params: { template, output },
      run,
      nowMs: Number(run.slice(1)),
    });
  expect([keep('one', 'r1'), keep('two', 'r2'), keep('one', 'r3', 'q'), keep('one', 'r4', 'q', 'other')]).toEqual([
    1, 2, 1, 1,
  ]);
  expect(
    store.prompts.list('a.pipeline.json').map((p) => [p.node, p.version, p.params['template'], p.last_run, p.runs]),
  ).toEqual([
    ['other', 1, 'one', 'r4', 1],
    ['ask', 1, 'one', 'r3', 2],
    ['ask', 2, 'two', 'r2', 1],
  ]);
  expect(store.prompts.list('b.pipeline.json')).toEqual([]);
  store.close();
  rmSync(folder, { recursive: true });
});
