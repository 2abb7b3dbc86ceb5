/** What is met in the first minute: an empty pipeline leads on, two readers are told apart. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { chooseFile, pressKind } from './pointer.ts';
import { card } from './window.ts';

test('an empty pipeline is not said to be ready to run, and leads on', async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  const results = page.getByRole('region', { name: 'Results' });
  await results.getByRole('tab', { name: 'Problems' }).click();
  await expect(results).toContainText('Nothing to check yet');
  await expect(results).not.toContainText('can run');
  await results.getByRole('button', { name: 'Open a CSV' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await results.getByRole('button', { name: 'Add a node' }).click();
  await expect(page.getByRole('combobox', { name: /Add a node/ })).toBeVisible();
});

test('the tab in front is seen whole in a small window, however many there are', async ({ page }) => {
  const tabs = page.getByRole('navigation', { name: 'Open pipelines' });
  for (const example of ['penguins', 'cars', 'rain']) {
    await page.getByTestId(`example-${example}`).getByRole('button').click();
    await expect(page.getByTestId('run')).toBeVisible();
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Start' }).click();
  }
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Pipeline' }).click();
  // A window of 1440 × 900 at 200 %.
  await page.setViewportSize({ width: 720, height: 450 });
  for (const name of ['Which penguin is it?', 'How far does it go?', 'Will it have rained?']) {
    const tab = tabs.getByRole('button', { name, exact: true });
    await tab.evaluate((button: HTMLElement) => button.click());
    await expect(tab).toHaveAttribute('aria-current', 'page');
    for (const part of [tab, tabs.getByRole('button', { name: `Close ${name}` })])
      await expect(part).toBeInViewport({ ratio: 0.99 });
  }
});

test('two readers are called by their files, until a person names them', async ({ page, workspace }) => {
  await mkdir(join(workspace, 'data'), { recursive: true });
  await writeFile(join(workspace, 'data', 'orders.csv'), 'id,amount\n1,2\n');
  await writeFile(join(workspace, 'data', 'clients.csv'), 'id,name\n1,Ann\n');
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await pressKind(page, 'read.csv', 'csv-file');
  await expect(card(page, 'csv-file')).toContainText('CSV file');
  await chooseFile(page, 'file', ['data'], 'orders.csv');
  await page.getByTestId('canvas').click({ position: { x: 12, y: 12 } });
  await pressKind(page, 'read.csv', 'csv-file-2');
  await chooseFile(page, 'file', ['data'], 'clients.csv');
  await expect(card(page, 'csv-file').locator('header b')).toHaveText('orders.csv');
  await expect(card(page, 'csv-file-2').locator('header b')).toHaveText('clients.csv');
  await card(page, 'csv-file-2').focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: /Name|Title|Rename/ }).fill('Customers');
  await page.keyboard.press('Enter');
  await expect(card(page, 'csv-file-2').locator('header b')).toHaveText('Customers');
  await expect(card(page, 'csv-file').locator('header b')).toHaveText('orders.csv');
});
