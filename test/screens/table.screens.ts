/** The main job on the penguins: what there is from the first screen to a service. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '../e2e/app.ts';
import { goTo } from '../e2e/pointer.ts';
import { addAfter, card, fitAll, runEnds } from '../e2e/window.ts';
import { tabs } from './pictures.ts';
import { hush, take, test } from './take.ts';

test('from the first screen to a service', async ({ page }) => {
  await expect(page.getByTestId('example-penguins')).toBeVisible();
  await take(page, 'start');
  const results = page.getByRole('region', { name: 'Results' });
  await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).click();
  await runEnds(page);
  await hush(page);
  await card(page, 'split').click();
  await expect(page.getByRole('grid')).toContainText('Adelie');
  await take(page, 'node');
  await card(page, 'known').click();
  for (const [title, name] of [
    ['Preview', tabs.preview],
    ['Profile', tabs.profile],
    ['Charts', tabs.charts],
    ['Before / after', tabs.changes],
    ['Schema', tabs.schema],
    ['Code', tabs.code],
    ['Log', tabs.log],
  ] as const) {
    await results.getByRole('tab', { name: title }).click();
    await page.waitForTimeout(1500);
    await take(page, name, results);
  }
  await card(page, 'evaluate-boosting').click();
  await results.getByRole('tab', { name: 'Report' }).click();
  await expect(page.getByRole('heading', { name: 'Accuracy', exact: false }).first()).toBeVisible();
  await take(page, tabs.report, results);
  await results.getByRole('tab', { name: 'Preview' }).click();
  await fitAll(page);
  await take(page, 'pipeline');
  await card(page, 'evaluate-boosting').click();
  await page.getByRole('button', { name: 'Open in full' }).click();
  await expect(page.getByRole('heading', { name: 'Accuracy', exact: false }).first()).toBeVisible();
  await take(page, 'report');

  // A second run to compare the first with.
  await goTo(page, 'Pipeline');
  await card(page, 'boosting').click();
  await page.locator('[data-param=trees]').getByRole('spinbutton').fill('30');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('run')).toContainText('Run 3 of 11');
  await page.getByTestId('run').click();
  await expect(page.getByTestId('run')).toContainText('Up to date');
  await hush(page);
  await goTo(page, 'Runs');
  await expect(page.getByRole('row', { name: /^Accuracy/ })).toBeVisible();
  await take(page, 'run');
  await page.getByRole('checkbox').nth(0).click({ force: true });
  await page.getByRole('checkbox').nth(1).click({ force: true });
  await expect(page.getByRole('region', { name: 'Nodes, settings and wires that differ' })).toBeVisible();
  await take(page, 'runs-compared');

  await goTo(page, 'Models');
  await expect(page.getByText('Columns it takes')).toBeVisible();
  await take(page, 'models');
  await goTo(page, 'Services');
  const row = { island: 'Torgersen', bill_length_mm: '39.1', bill_depth_mm: '18.7', flipper_length_mm: '181' };
  for (const [name, value] of Object.entries(row)) await page.getByRole('textbox', { name, exact: true }).fill(value);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByLabel('Answer', { exact: true })).toContainText('Adelie');
  await take(page, 'services');
});

test('what is asked over the window, and an empty pipeline', async ({ page, workspace }) => {
  for (const name of ['cars.csv', 'seattle-weather.csv'])
    await cp(join(import.meta.dirname, '../../resources/data', name), join(workspace, 'data', name));
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await expect(page.getByTestId('canvas')).toBeVisible();
  await take(page, 'pipeline-empty');
  await page.getByRole('navigation').getByRole('button', { name: 'Start' }).click();
  await page.getByTestId('example-cars').getByRole('button').click();
  await runEnds(page);
  await hush(page);
  const dialog = page.getByRole('dialog');
  const shot = async (name: string): Promise<void> => {
    await expect(dialog).toBeVisible();
    await take(page, name, dialog);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };
  await page.keyboard.press('Control+k');
  await page.keyboard.type('outliers');
  await shot('command-search');
  await page.keyboard.press('F1');
  await shot('keys');
  await page.getByRole('button', { name: 'Limits of a run' }).click();
  await shot('limits');
  await page
    .getByRole('contentinfo')
    .getByRole('button', { name: /threads|GPU|NVIDIA|AMD/ })
    .click();
  await expect(page.getByRole('row', { name: /Processor/ })).toContainText('works');
  await shot('devices');
  await page.keyboard.press('Control+Shift+o');
  await shot('open-pipeline');
  await page.keyboard.press('Control+o');
  await expect(dialog.getByText(/csv/).first()).toBeVisible();
  await take(page, 'open-data', dialog);
  await dialog.getByText('seattle-weather.csv').click();
  await expect(page.getByRole('button', { name: 'Build the pipeline' })).toBeEnabled();
  await shot('target');
  await page.keyboard.press('Control+Shift+s');
  await shot('save-as');
});

test('what is missing is said where it is mended', async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'Join');
  const results = page.getByRole('region', { name: 'Results' });
  await results.getByRole('tab', { name: 'Problems' }).click();
  await expect(results.getByRole('listitem').first()).toBeVisible();
  await take(page, tabs.problems, results);
});
