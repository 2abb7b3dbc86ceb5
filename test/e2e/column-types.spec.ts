import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { chooseFile, pressKind, shootBoth, watchKeys } from './pointer.ts';
import { card } from './window.ts';

test('by pointer alone: columns of money and percent are taken as numbers from their heads @later', async ({
  page,
  workspace,
}, { project }) => {
  await mkdir(join(workspace, 'data'));
  await writeFile(join(workspace, 'data', 'shop.csv'), 'item,price,rebate\ncup,"$1,200.50",45 %\nlid,-$3,7 %\n');
  const keys = await watchKeys(page);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await pressKind(page, 'read.csv', 'csv-file');
  await chooseFile(page, 'file', ['data'], 'shop.csv');
  const grid = page.getByRole('grid');
  await expect(grid).toContainText('$1,200.50');
  const take = async (column: string): Promise<void> => {
    await grid.getByRole('columnheader', { name: new RegExp(column) }).hover();
    await page.getByRole('button', { name: `Column ${column}` }).click();
    await page.getByRole('menuitem', { name: 'Take it as number' }).click();
  };
  await take('price');
  await expect(card(page, 'column-types')).toContainText('price to number');
  await expect(grid).toContainText('1200.5');
  await take('rebate');
  await expect(card(page, 'column-types')).toContainText('price to number, rebate to number');
  await expect(grid).toContainText('0.45');
  const types = page.locator('[data-param=types]');
  await types.getByRole('button', { name: /Types: rebate/ }).click();
  await page.getByRole('option', { name: 'text', exact: true }).click();
  await expect(grid).toContainText('45 %');
  await shootBoth(page, `column-types-${project.name}`);
  expect(await keys()).toBe(0);
});
