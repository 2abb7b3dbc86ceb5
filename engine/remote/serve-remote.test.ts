import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runExit } from '../store/placements/run-layout.ts';
import { serveRemote } from './there/serve-remote.ts';

const root = mkdtempSync(join(tmpdir(), 'flowyard-remote-'));
afterAll(() => rmSync(root, { recursive: true }));

it('what is thrown before a run could tell anything stands with its end', async () => {
  mkdirSync(join(root, 'runs', 'r1'), { recursive: true });
  writeFileSync(join(root, 'runs', 'r1', 'order.json'), '{"half": ');
  const asked = serveRemote({ root, run: 'r1', task: 0 }, () => Promise.reject(new Error('never asked')));
  await expect(asked).rejects.toThrow(SyntaxError);
  const exit = runExit.parse(JSON.parse(readFileSync(join(root, 'runs', 'r1', 't0', 'exit.json'), 'utf8')));
  expect(exit).toMatchObject({ code: 1, status: 'failed', words: expect.stringContaining('SyntaxError') });
});
