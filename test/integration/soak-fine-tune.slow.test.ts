/** A run that trains a language model is killed in mid-step, with its host; the next run says so and goes on. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tinyConversations } from '../support/trained-tiny-model.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'kill-fine-tune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const params = {
  examples: 'pair',
  question: 'question',
  answer: 'answer',
  tokens: 400,
  context: 128,
  layers: 4,
  width: 128,
  // About 40 s on two cores: several checkpoints long.
  epochs: 1600,
  rowsPerStep: 10,
  device: 'cpu',
};
const pipeline = {
  flowyard: 1,
  title: 'Killed',
  nodes: {
    facts: { kind: 'read.csv', version: 1, params: { file: 'facts.csv' } },
    train: { kind: 'train.language-model', version: 1, params },
  },
  wires: ['facts.rows -> train.rows'],
};

function startRun() {
  const args = ['cli/main.ts', 'run', join(folder, 'killed.pipeline.json'), '--workspace', folder];
  const child = spawn(process.execPath, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  let isOver = false;
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      isOver = true;
      resolve(code);
    }),
  );
  return { ended, isOver: () => isOver, said: () => said, kill: () => process.kill(-(child.pid ?? 0), 'SIGKILL') };
}
const checkpoints = join(folder, '.flowyard', 'checkpoints');
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test.skipIf(process.platform === 'win32')(
  'a killed training goes on from its checkpoint, and ends as it would have',
  { timeout: 15 * 60_000 },
  async () => {
    writeFileSync(
      join(folder, 'facts.csv'),
      ['question,answer', ...tinyConversations.map((row) => row.map((c) => `"${c}"`).join(','))].join('\n'),
    );
    writeFileSync(join(folder, 'killed.pipeline.json'), JSON.stringify(pipeline));
    const first = startRun();
    const hasCheckpoint = (): boolean =>
      existsSync(checkpoints) && readdirSync(checkpoints).some((name) => !name.includes('.'));
    while (!hasCheckpoint() && !first.isOver()) await sleep(50);
    expect(first.isOver(), first.said()).toBe(false);
    first.kill();
    await first.ended;

    const second = startRun();
    expect(await second.ended, second.said()).toBe(0);
    expect(second.said()).toMatch(/goes on after step \d+ of 1600, from where it was stopped/);
    expect(second.said()).toMatch(/✓ train/);
    expect(readdirSync(checkpoints)).toEqual([]);
  },
);
