import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { formatPipeline, validate } from '../../shared/pipeline/parse.ts';
import { serveApp } from '../support/served-app.ts';
import { findSteadyPort } from '../support/steady-port.ts';
import { journalHolds } from './journal.ts';
import { addAfter, card, fitAll, shoot, statesOf, trustFile } from './window.ts';

test.skip(process.env['FLOWYARD_E2E'] === 'desktop', 'these windows are a browser’s');

const cards = (page: Page) => page.locator('article[data-testid^=node-]');
/** Only what is in sight is drawn. */
async function shows(page: Page, count: number): Promise<void> {
  await expect(async () => {
    await fitAll(page);
    await expect(cards(page)).toHaveCount(count, { timeout: 1000 });
  }).toPass({ timeout: 60_000 });
}

/** How many pipelines the browser keeps steps of, that no host has taken. */
const keptWork = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('flowyard');
        opening.addEventListener('error', () => reject(opening.error ?? new Error('not opened')));
        opening.addEventListener('success', () => {
          const counting = opening.result.transaction('unsent').objectStore('unsent').count();
          counting.addEventListener('success', () => resolve(counting.result));
        });
      }),
  );

test('a second window follows what the first has open, loses it nothing and cannot discard it', async ({ context }) => {
  await using app = await serveApp();
  const one = await context.newPage();
  await one.goto(app.url);
  await one.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(one, 'example data');
  await addAfter(one, 'split');
  const two = await context.newPage();
  await two.goto(new URL(app.url).origin);
  await expect(two.getByText('Open in another window')).toBeVisible();
  await expect(two.getByRole('button', { name: 'Discard' })).toHaveCount(0);
  await shoot(two, 'open-elsewhere');
  await two.getByRole('button', { name: 'Open here too' }).click();
  await expect(cards(two)).toHaveCount(2);
  await addAfter(one, 'filter');
  await shows(two, 3);
  await addAfter(two, 'sort');
  await shows(one, 4);
  await expect(one.getByText('Open in 2 windows')).toBeVisible();
  await shoot(two, 'two-windows');
  // Undo is a window's own.
  await one.getByRole('button', { name: /^Undo/ }).click();
  await shows(two, 3);
  await expect(card(two, 'sort')).toBeVisible();

  // Both go: what they left is offered, and giving it up can be taken back.
  await one.close();
  await two.close();
  const three = await context.newPage();
  await three.goto(new URL(app.url).origin);
  await three.getByRole('button', { name: 'Discard' }).click();
  await expect(three.getByRole('button', { name: 'Restore' })).toHaveCount(0);
  await three.getByRole('button', { name: 'Undo' }).click();
  await three.getByRole('button', { name: 'Restore' }).click();
  await shows(three, 3);
});

test('a window outlives its server: it says so, runs nothing meanwhile, and is taken back by the next one', async ({
  page,
}) => {
  await using first = await serveApp({ port: await findSteadyPort() });
  await page.goto(first.url);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  const gone = await page.context().newPage();
  await gone.goto(new URL(first.url).origin);
  await gone.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(gone, 'example data');
  await expect(page.getByTestId('run')).toBeEnabled();
  await first.kill();
  await expect(page.getByText('Flowyard does not answer, so nothing can run.')).toBeVisible();
  await expect(page.getByText(`flowyard app --port ${new URL(first.url).port})`)).toBeVisible();
  await expect(page.getByTestId('run')).toBeDisabled();
  await shoot(page, 'away');
  // Work goes on, in this window and in one that ends before anybody answers again.
  await addAfter(page, 'split');
  await addAfter(gone, 'column types');
  // Both windows are of one browser.
  await expect.poll(() => keptWork(gone)).toBe(2);
  await gone.close();
  // Without a port the next one comes to where the windows are.
  await using second = await serveApp({ workspace: first.workspace, port: null });
  expect(new URL(second.url).origin).toBe(new URL(first.url).origin);
  await expect(page.getByText('Engine ready')).toBeVisible();
  await expect(page.getByText('Flowyard does not answer')).toHaveCount(0);
  await expect(page.getByTestId('run')).toBeEnabled();
  await shows(page, 2);
  for (const kind of ['split.rows', 'clean.types']) await journalHolds(first.workspace, `"${kind}"`);
  await expect.poll(() => keptWork(page)).toBe(0);
  // Loaded anew it has open what it had; the other one is offered.
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await shows(page, 2);
  await page.keyboard.press('Alt+1');
  await expect(page.getByRole('button', { name: 'Restore' })).toHaveCount(1);
});

test('a window that is loaded anew has its tabs as they were, with their run; a run shows in all windows of its pipeline @later', async ({
  context,
}) => {
  await using app = await serveApp();
  // So many trees that it has to be stopped.
  const trees = { trees: 20_000, learningRate: 0.0001, patience: 10_000 };
  const long = {
    flowyard: 1,
    title: 'Long',
    nodes: {
      data: { kind: 'read.example' },
      split: { kind: 'split.rows', params: { target: 'species' } },
      boosting: { kind: 'train.gradient-boosting', params: trees },
    },
    wires: ['data.rows -> split.rows', 'split.rows -> boosting.rows'],
    layout: { data: [0, 0], split: [280, 0], boosting: [560, 0] },
  };
  await writeFile(join(app.workspace, 'long.pipeline.json'), formatPipeline(validate(long)));
  const open = async (page: Page): Promise<void> => {
    await page.keyboard.press('Control+Shift+o');
    await page.getByRole('dialog').getByText('long.pipeline.json').click();
    await expect(card(page, 'boosting')).toBeVisible();
  };
  const one = await context.newPage();
  one.on('dialog', (dialog) => void dialog.accept());
  await one.goto(app.url);
  await one.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(one, 'example data');
  await journalHolds(app.workspace, '"read.example"');
  await open(one);
  await trustFile(one);
  const two = await context.newPage();
  await two.goto(new URL(app.url).origin);
  await expect(two.getByText('Open in another window')).toHaveCount(2);
  await open(two);
  const running = (page: Page) => expect.poll(async () => (await statesOf(page))['boosting'], { timeout: 60_000 });
  await one.getByTestId('run').click();
  for (const page of [one, two]) await running(page).toBe('running');

  await one.reload();
  const tabs = one
    .getByRole('navigation', { name: 'Open pipelines' })
    .getByRole('button', { name: /^(Untitled|long)/ });
  await expect(tabs).toHaveText(['Untitled', 'long.pipeline.json']);
  await running(one).toBe('running');
  await two.getByRole('button', { name: 'Stop' }).click();
  for (const page of [one, two]) await running(page).not.toBe('running');
  await tabs.first().click();
  await shows(one, 1);
});

test('a window whose session has ended says how to go on, and goes on once a new address was opened @later', async ({
  context,
}) => {
  await using app = await serveApp();
  const page = await context.newPage();
  await page.goto(app.url);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await context.clearCookies();
  await app.kill();
  await using again = await serveApp({ workspace: app.workspace, port: Number(new URL(app.url).port) });
  await expect(page.getByText('The session of this window has ended, so nothing can run.')).toBeVisible();
  await expect(page.getByTestId('run')).toBeDisabled();
  await shoot(page, 'session-ended');
  const refused = await context.newPage();
  await refused.goto(new URL(app.url).origin);
  await expect(refused.getByRole('heading', { name: 'Open Flowyard with a fresh address' })).toBeVisible();
  await shoot(refused, 'fresh-address');
  const fresh = await context.newPage();
  await fresh.goto(again.url);
  await expect(page.getByText('Engine ready')).toBeVisible();
  await expect(page.getByTestId('run')).toBeEnabled();
  // The page that was refused looks again by itself.
  await expect(refused.getByRole('button', { name: /Blank pipeline/ })).toBeVisible();
});

test('what was open last time is opened again by one press, in its order @later', async ({ context }) => {
  await using app = await serveApp();
  const names = ['one.pipeline.json', 'two.pipeline.json', 'three.pipeline.json'];
  for (const name of names)
    await writeFile(
      join(app.workspace, name),
      formatPipeline(validate({ flowyard: 1, title: name, nodes: { data: { kind: 'read.example' } }, wires: [] })),
    );
  const tabs = (page: Page) =>
    page.getByRole('navigation', { name: 'Open pipelines' }).getByRole('button', { name: /^(one|two|three)/ });
  const first = await context.newPage();
  await first.goto(app.url);
  for (const [i, name] of names.entries()) {
    await first.keyboard.press('Control+Shift+o');
    await first.getByRole('dialog').getByText(name).click();
    await expect(tabs(first)).toHaveCount(i + 1);
  }
  await tabs(first).nth(1).click();
  // Many tabs push nothing out of sight.
  for (let i = 0; i < 9; i++) await first.getByRole('button', { name: 'New pipeline' }).click();
  await expect(first.getByRole('button', { name: 'New pipeline' })).toBeInViewport({ ratio: 1 });
  await tabs(first).nth(1).click();
  await first.close();

  const next = await context.newPage();
  await next.goto(new URL(app.url).origin);
  await next.getByRole('button', { name: 'Reopen 3 from last time' }).click();
  await expect(tabs(next)).toHaveText(names);
  await expect(tabs(next).nth(1)).toHaveAttribute('aria-current', 'page');
  await next.getByRole('button', { name: 'Start' }).first().click();
  await expect(next.getByRole('button', { name: /from last time/ })).toHaveCount(0);
});
