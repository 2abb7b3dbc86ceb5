import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Locator } from '@playwright/test';
import { serveApp } from '../support/served-app.ts';
import { findSteadyPort } from '../support/steady-port.ts';
import { journalHolds } from './journal.ts';
import { addAfter, card } from './window.ts';

test('a host that is killed and started again finds its window and the unsaved work', async ({ context }) => {
  test.skip(process.env['FLOWYARD_E2E'] === 'desktop', 'the desktop shell starts its host itself');
  const page = await context.newPage();
  await using first = await serveApp({ port: await findSteadyPort() });
  await page.goto(first.url);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await addAfter(page, 'split');
  await journalHolds(first.workspace, '"split.rows"');
  await card(page, 'example-data').click();
  await expect(page.getByRole('grid')).toContainText('Adelie');
  await first.kill();
  await expect(page.getByText('Connection lost; trying again')).toBeVisible();
  // Work goes on while nobody answers.
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Escape');
  await addAfter(page, 'filter');
  await using second = await serveApp({ workspace: first.workspace, port: Number(new URL(first.url).port) });
  // The window finds it again by itself, by the session that it has, and goes on with all of it.
  await expect(page.getByText('Engine ready')).toBeVisible();
  const fresh = await context.newPage();
  await fresh.goto(new URL(second.url).origin);
  await fresh.getByRole('button', { name: 'Open here too' }).click();
  await expect(fresh.locator('article[data-testid^=node-]')).toHaveCount(3);
  await expect(page.locator('article[data-testid^=node-]')).toHaveCount(3);
  await card(page, 'example-data').click();
  await expect(page.getByRole('grid')).toContainText('Adelie');
});

test('a table that is looked at while the host dies goes on by itself with the next one', async ({ context }) => {
  test.skip(process.env['FLOWYARD_E2E'] === 'desktop', 'the desktop shell starts its host itself');
  const page = await context.newPage();
  await using first = await serveApp({ port: await findSteadyPort() });
  await page.goto(first.url);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await expect(page.getByRole('grid')).toContainText('Adelie');
  // Counted, and no longer an estimate: the end is where it is.
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '345');
  await journalHolds(first.workspace, '"read.example"');
  await first.kill();
  await expect(page.getByText('Connection lost; trying again')).toBeVisible();
  // Rows that are not here yet are asked for while nobody answers.
  await page.getByRole('grid').press('Control+End');
  await using second = await serveApp({ workspace: first.workspace, port: Number(new URL(first.url).port) });
  // Opened in another window, which brings the session to both.
  const fresh = await context.newPage();
  await fresh.goto(second.url);
  await expect(page.getByText('Engine ready')).toBeVisible();
  await expect(page.getByRole('grid')).toContainText('Chinstrap');
  await expect(page.getByText('no longer open')).toBeHidden();
});

test('steps that the host refuses are said, outlive their page, and go to the next host @later', async ({
  context,
}) => {
  test.skip(process.env['FLOWYARD_E2E'] === 'desktop', 'the desktop shell starts its host itself');
  let page = await context.newPage();
  const cards = (): Locator => page.locator('article[data-testid^=node-]');
  const refused = (): Locator => page.getByText('What you change is kept in this window only');
  await using first = await serveApp({ port: await findSteadyPort() });
  await page.goto(first.url);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await journalHolds(first.workspace, '"read.example"');
  await expect(refused()).toHaveCount(0);
  // As `git clean -fdx` does beside a running app, but at once: what is looked at is written there meanwhile.
  await rename(join(first.workspace, '.flowyard'), join(first.workspace, 'removed'));
  await addAfter(page, 'split');
  await expect(refused()).toBeVisible();
  await page.reload();
  await expect(cards()).toHaveCount(2);
  await expect(refused()).toBeVisible();
  // The tab is closed: the next one has what the browser has kept.
  await page.close();
  page = await context.newPage();
  await page.goto(new URL(first.url).origin);
  await expect(refused()).toBeVisible();
  await page.getByRole('button', { name: 'Restore' }).click();
  await expect(cards()).toHaveCount(2);
  await first.kill();
  await using second = await serveApp({ workspace: first.workspace, port: Number(new URL(first.url).port) });
  // The new history knows no session: another page brings one.
  const fresh = await context.newPage();
  await fresh.goto(second.url);
  await expect(refused()).toHaveCount(0);
  await journalHolds(first.workspace, '"split.rows"');
  await expect(cards()).toHaveCount(2);
});
