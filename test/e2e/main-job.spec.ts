import { join } from 'node:path';
import { expect, test } from './app.ts';
import { callAsShown } from './call-service.ts';
import { drawWire } from './pointer.ts';
import { card, expectAccessible, fitAll, pickColumn, runEnds, shoot, statesOf } from './window.ts';

/** A table that was looked at before the run is in the cache already. */
const isGood = (state: string): boolean => state === 'done' || state === 'cached';
const penguins = join(import.meta.dirname, '..', '..', 'resources', 'data', 'penguins.csv');

test('an example opens, runs, shows what it found, runs only what changed, is served and found again @everywhere', async ({
  page,
}, { project }) => {
  // What axe judges is the theme and the words, not the size.
  const isLarge = !project.name.endsWith('small');
  await expect(page.getByRole('heading', { name: 'Start with one that already works' })).toBeVisible();
  if (isLarge) await expectAccessible(page);
  await shoot(page, `start-${project.name}`);
  await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).click();
  await runEnds(page);
  await fitAll(page);
  await expect.poll(async () => new Set(Object.values(await statesOf(page)))).toEqual(new Set(['done']));
  await expect(page.getByTestId('run')).toContainText('Up to date');
  await shoot(page, `run-${project.name}`);

  await card(page, 'split').click();
  await expect(page.getByRole('grid')).toContainText('Adelie');
  if (isLarge) await expectAccessible(page);
  await shoot(page, `preview-${project.name}`);
  await page.getByRole('tab', { name: 'Before / after' }).click();
  await card(page, 'known').click();
  await expect(page.getByText('2 rows dropped')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Rows before and after' }).getByRole('row')).toHaveCount(3);
  if (isLarge) await expectAccessible(page);
  await shoot(page, `before-after-${project.name}`);
  await page.getByRole('tab', { name: 'Preview' }).click();
  await card(page, 'evaluate-boosting').click();
  await expect(page.getByRole('heading', { name: 'Accuracy', exact: false }).first()).toBeVisible();
  await shoot(page, `report-${project.name}`);

  // A change: what it makes stale, why, and nothing else.
  await card(page, 'boosting').click();
  await page.locator('[data-param=trees]').getByRole('spinbutton').fill('30');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('run')).toContainText('Run 3 of 11');
  await expect
    .poll(async () => Object.entries(await statesOf(page)).flatMap(([id, state]) => (state === 'stale' ? [id] : [])))
    .toEqual(['boosting', 'evaluate-boosting', 'serve']);
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('f');
  await expect(card(page, 'boosting')).toContainText('Trees changed from 100 to 30');
  await shoot(page, `stale-${project.name}`);
  await page.getByTestId('run').click();
  await expect.poll(async () => (await statesOf(page))['boosting']).toBe('done');
  await expect(page.getByTestId('run')).toContainText('Up to date');
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Control+z');
  await expect(page.locator('[data-param=trees]').getByRole('spinbutton')).toHaveValue('100');
  await expect(page.getByTestId('run')).toContainText('Up to date');
  await page.keyboard.press('Control+Enter');
  await expect.poll(async () => (await statesOf(page))['boosting']).toBe('cached');

  // The history has the three runs with what they did.
  await page.keyboard.press('Alt+3');
  const rows = page.getByRole('button', { name: /Which penguin is it/ });
  await expect(rows.filter({ hasText: '0 computed, 11 cached' })).toHaveCount(1);
  await expect(rows.filter({ hasText: '3 computed, 8 cached' })).toHaveCount(1);
  await expect(rows.filter({ hasText: '11 computed, 0 cached' })).toHaveCount(1);
  await rows.filter({ hasText: '3 computed' }).click();
  await expect(page.getByRole('row', { name: /Gradient boosting.*Trees changed from 100 to 30/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^Accuracy/ })).toBeVisible();
  if (isLarge) await expectAccessible(page);
  await shoot(page, `runs-${project.name}`);

  // A model is served, and another program asks it with the line that the window shows.
  await page.keyboard.press('Alt+4');
  await page.getByRole('button', { name: /which-penguin-is-it-logistic/ }).click();
  await page.getByRole('button', { name: 'Serve it' }).click();
  await page.getByRole('textbox', { name: 'Name of the service' }).fill('which-penguin');
  await page.getByRole('dialog').getByRole('button', { name: 'Serve it' }).click();
  await expect(page.getByRole('heading', { name: 'which-penguin', exact: true })).toBeVisible();
  await expect(page.getByText(/http:\/\/127\.0\.0\.1:\d+$/).first()).toBeVisible();
  const row = { island: 'Torgersen', bill_length_mm: '39.1', bill_depth_mm: '18.7', flipper_length_mm: '181' };
  for (const [name, value] of Object.entries(row)) await page.getByRole('textbox', { name, exact: true }).fill(value);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByLabel('Answer', { exact: true })).toContainText('Adelie');
  const line = await page.locator('pre', { hasText: 'curl' }).textContent();
  expect(line).toContain('Authorization: Bearer');
  expect(await callAsShown(line ?? '')).toMatchObject({ predictions: [{ prediction: 'Adelie' }] });
  expect(await callAsShown((line ?? '').replace(/Bearer [^']+/, 'Bearer wrong'))).toMatchObject({
    error: expect.anything(),
  });
  await expect(page.getByLabel('Requests so far').getByRole('row').filter({ hasText: 'Adelie' })).toHaveCount(2);
  if (isLarge) await expectAccessible(page);
  await shoot(page, `services-${project.name}`);
});

test('a CSV becomes a pipeline that trains, evaluates and is found in the history @dark', async ({ page }, {
  project,
}) => {
  await page.keyboard.press('Control+o');
  await page.getByTestId('choose-file').setInputFiles(penguins);
  await page.getByRole('button', { name: 'Build the pipeline' }).click();
  await page.getByTestId('run').click();
  await runEnds(page);
  await page.keyboard.press('Alt+3');
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^Accuracy/ })).toBeVisible();
  await page.keyboard.press('Alt+4');
  await expect(page.getByRole('heading', { name: 'Models' })).toBeVisible();
  await expect(page.getByText('Columns it takes')).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `models-${project.name}`);
});

test('the same job by hand with the mouse, from an empty canvas', async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  const palette = page.getByRole('complementary', { name: 'Nodes' });
  const drop = async (kind: string, x: number, y: number): Promise<void> => {
    const canvas = await page.getByTestId('canvas').boundingBox();
    if (canvas === null) throw new Error('there is no canvas');
    const entry = palette.getByRole('button', { name: kind, exact: true });
    await entry.scrollIntoViewIfNeeded();
    await entry.dragTo(page.getByTestId('canvas'), { targetPosition: { x, y } });
    await expect(page.locator('article', { hasText: kind }).last()).toBeVisible();
  };
  const wire = (from: string, to: string): Promise<void> => drawWire(page, from, to);
  await drop('Example data', 130, 60);
  await drop('Split', 400, 60);
  await wire('example-data.rows', 'split.rows');
  await pickColumn(page, 'target', 'species');
  await drop('Gradient boosting', 680, 60);
  await wire('split.rows', 'gradient-boosting.rows');
  await drop('Evaluate', 680, 300);
  await wire('gradient-boosting.model', 'evaluate.model');
  await wire('split.rows', 'evaluate.rows');
  await page.getByTestId('run').click();
  await runEnds(page);
  await expect.poll(async () => Object.values(await statesOf(page)).every(isGood)).toBe(true);
  await card(page, 'evaluate').click();
  await expect(page.getByRole('heading', { name: 'Accuracy', exact: false }).first()).toBeVisible();
});
