/** The Remotes screen by a person's hands: a real Slurm is added, a training is placed there, watched, cancelled, run again and read. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, expect as seen, type Browser, type Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../../cli/launch/browser-binary.mjs';
import { makeCommandFolder, type CommandFolder } from '../../cli/spawn-command.ts';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { card, expectAccessible, runEnds, shoot, statesOf, trustFile } from '../e2e/window.ts';
import { startSlurm, type SlurmLab } from '../support/clusters/labs.ts';
import { serveApp, type ServedApp } from '../support/served-app.ts';

// The machine may be shared by many.
const patience = seen.configure({ timeout: 240_000 });

const noise = (i: number, k: number): number => ((Math.sin(i * 12.9898 + k * 78.233) * 43_758.5453) % 1) * 2;
const shop = `a,b,c,bought\n${Array.from({ length: 20_000 }, (_, i) => {
  const [a, b, c] = [noise(i, 0), noise(i, 1), noise(i, 2)];
  return `${a.toFixed(4)},${b.toFixed(4)},${c.toFixed(4)},${a * b + Math.sin(2 * c) + noise(i, 9) > 0 ? 'yes' : 'no'}`;
}).join('\n')}\n`;
/** So many trees that nobody has to hurry to press Cancel. */
const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Shop',
    nodes: {
      shop: { kind: 'read.csv', version: 1, params: { file: 'shop.csv' } },
      split: { kind: 'split.rows', version: 1, params: { target: 'bought', validationFraction: 0.2 } },
      boosting: {
        kind: 'train.gradient-boosting',
        version: 1,
        params: { trees: 20_000, learningRate: 0.002, patience: 10_000 },
      },
      evaluate: { kind: 'evaluate.classification', version: 1, params: {} },
    },
    wires: [
      'shop.rows -> split.rows',
      'split.rows -> boosting.rows',
      'boosting.model -> evaluate.model',
      'split.rows -> evaluate.rows',
    ],
    layout: { shop: [0, 0], split: [280, 0], boosting: [560, 0], evaluate: [840, 0] },
  }),
  'shop.pipeline.json',
);

let lab: SlurmLab;
let folder: CommandFolder;
let app: ServedApp;
let browser: Browser;
const root = `/home/flowlab/window-${process.pid}`;
beforeAll(async () => {
  lab = await startSlurm();
  folder = makeCommandFolder();
  writeFileSync(join(folder.folder, 'shop.csv'), shop);
  writeFileSync(join(folder.folder, 'shop.pipeline.json'), formatPipeline(pipeline));
  app = await serveApp({ workspace: folder.folder });
  const found = findBrowser();
  const named = found !== undefined && 'env' in found ? found.env['CHROMIUM'] : undefined;
  browser = await chromium.launch({
    // Root cannot have its sandbox.
    chromiumSandbox: process.getuid?.() !== 0,
    ...(named === undefined ? {} : { executablePath: named }),
  });
});
afterAll(async () => {
  await browser.close();
  await app[Symbol.asyncDispose]();
  lab.run('rm', '-rf', root);
  await lab.down();
  rmSync(folder.folder, { recursive: true, force: true });
});

const clusters = async (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Remotes', exact: true }).first().click();
const job = (page: Page, at = 0) => page.getByRole('row', { name: /Shop/ }).nth(at);

test('a Slurm is added by the wizard, and a training there is watched, cancelled, run again and read', async () => {
  const complaints: string[] = [];
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    colorScheme: 'dark',
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  await page.goto(app.url);
  await clusters(page);

  await page.getByRole('button', { name: 'Add your first remote' }).click();
  await page.getByRole('button', { name: /What it is/ }).click();
  await page.getByRole('option', { name: /Slurm/ }).click();
  const address = {
    Name: 'lab',
    Host: lab.host,
    Port: String(lab.port),
    User: lab.user,
    'Private key': lab.key,
    'Folder there': root,
  };
  for (const [name, value] of Object.entries(address)) await page.getByRole('textbox', { name }).fill(value);
  await page.getByRole('button', { name: 'Limits' }).click();
  await page.getByRole('complementary', { name: 'Add a remote' }).getByRole('button', { name: 'Check it' }).click();
  const found = page.getByRole('complementary', { name: 'Add a remote' });
  await patience(found.getByText('Partition debug')).toBeVisible();
  await patience(found.getByText('3 nodes of', { exact: false })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'clusters-checked');
  await found.getByRole('button', { name: 'Done' }).click();
  await patience(page.getByRole('region', { name: 'lab' })).toContainText('Ready');

  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('shop.pipeline.json').click();
  await card(page, 'boosting').waitFor();
  await trustFile(page);
  await card(page, 'boosting').click();
  await page.getByRole('tab', { name: 'Notes' }).click();
  await page
    .getByRole('tabpanel')
    .getByRole('button', { name: /Where it runs/ })
    .click();
  await page.getByRole('option', { name: 'lab' }).click();
  await patience(card(page, 'boosting')).toContainText('Runs on lab');
  await page.keyboard.press('Control+Enter');
  // Watched: sent, waiting, and then tree by tree.
  await patience(card(page, 'boosting')).toContainText(/tree \d+ of 20000/);
  await shoot(page, 'clusters-running');
  await clusters(page);
  await patience(job(page)).toContainText('Runs');
  await expectAccessible(page);
  await job(page).getByRole('button', { name: 'Cancel' }).click();
  await patience(job(page)).toContainText('Cancelled');
  // Cancelled there too.
  await patience.poll(() => lab.run('squeue', '-h', '-t', 'R,PD').trim()).toBe('');

  await page.keyboard.press('Alt+2');
  await card(page, 'boosting').click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  const trees = page.locator('[data-param=trees] input');
  await trees.fill('40');
  await trees.press('Tab');
  await patience(card(page, 'boosting')).toContainText('40 trees');
  await page.getByTestId('run').click();
  await runEnds(page);
  await patience.poll(async () => statesOf(page)).toMatchObject({ evaluate: 'done' });
  await card(page, 'evaluate').click();
  await page.getByRole('tab', { name: 'Report' }).click();
  await patience(page.getByRole('region', { name: /Confusion/ })).toBeVisible();
  await shoot(page, 'clusters-report');

  await clusters(page);
  await patience(job(page)).toContainText('Done');
  await patience(page.getByRole('row', { name: /Shop/ })).toHaveCount(2);
  await shoot(page, 'clusters-jobs');
  await job(page).getByRole('button', { name: 'Shop' }).click();
  await patience(page.getByText(/lab, job \d+/)).toBeVisible();
  expect(complaints).toEqual([]);
  await context.close();
});
