import { join } from 'node:path';
import { expect, test } from './app.ts';
import { addAfter, card, expectAccessible, fitAll, runEnds, shoot, statesOf } from './window.ts';

const penguins = join(import.meta.dirname, '..', '..', 'resources', 'data', 'penguins.csv');

test('an example opens, runs, shows its rows and report, and says what a change makes stale @dark', async ({ page }, {
  project,
}) => {
  await expect(page.getByRole('heading', { name: 'Start with one that already works' })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `start-${project.name}`);
  await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).click();
  await runEnds(page);
  await fitAll(page);
  await expect
    .poll(async () => Object.values(await statesOf(page)).every((s) => s === 'done' || s === 'cached'))
    .toBe(true);
  await shoot(page, `run-${project.name}`);

  await card(page, 'split').click();
  await expect(page.getByRole('grid')).toContainText('Adelie');
  await expectAccessible(page);
  await shoot(page, `preview-${project.name}`);

  await page.locator('article[data-testid^=node-]', { hasText: /boost/i }).first().click();
  await page.locator('[data-param=trees]').getByRole('spinbutton').fill('30');
  await expect
    .poll(async () => Object.values(await statesOf(page)).filter((s) => s === 'stale').length)
    .toBeGreaterThan(0);
  await expect(page.getByTestId('run')).toContainText(/Run \d+ of \d+/);
  await shoot(page, `stale-${project.name}`);

  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('run')).toContainText('Up to date');
});

test('a CSV becomes a pipeline that trains, evaluates and is found in the history', async ({ page }, { project }) => {
  await page.keyboard.press('Control+o');
  await page.getByTestId('choose-file').setInputFiles(penguins);
  await page.getByRole('button', { name: 'Build the pipeline' }).click();
  await page.getByTestId('run').click();
  await runEnds(page);
  await page.keyboard.press('Alt+3');
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
  await expect(page.getByText('accuracy').first()).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `runs-${project.name}`);
  await page.keyboard.press('Alt+4');
  await expect(page.getByRole('heading', { name: 'Models' })).toBeVisible();
  await expect(page.getByText('Columns it takes')).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `models-${project.name}`);
});

test('the job is built by hand, with the keyboard alone, from an empty canvas', async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).press('Enter');
  await expect(page.getByText('Press / or double-click to add a node')).toBeVisible();
  await addAfter(page, 'example data');
  for (const kind of ['split', 'impute', 'encode']) await addAfter(page, kind);
  await fitAll(page);
  await card(page, 'split').click();
  await page
    .locator('[data-param=target]')
    .getByRole('button', { name: /Target/ })
    .last()
    .press('Enter');
  await page.getByRole('searchbox').last().fill('species');
  await expect(page.getByRole('option', { name: /species/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(card(page, 'split')).toContainText('species');
  await card(page, 'encode').click();
  await addAfter(page, 'gradient');
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Control+Enter');
  await runEnds(page);
  await fitAll(page);
  const states = await statesOf(page);
  expect(Object.keys(states)).toEqual(['encode', 'example-data', 'gradient-boosting', 'impute', 'split']);
  expect(states).toMatchObject({ 'gradient-boosting': 'done' });
  expect(Object.values(states).filter((s) => s === 'failed' || s === 'problem')).toEqual([]);
});
