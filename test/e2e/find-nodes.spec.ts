import { expect, test } from './app.ts';
import { card, expectAccessible, shoot } from './window.ts';

test('one search finds kinds by other tools’ words, says why, and what no node does yet @dark', async ({
  page,
}, info) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  const palette = page.getByRole('searchbox', { name: 'Find a node' });
  const first = page.locator('button[data-kind]').first();

  await palette.fill('drop nulls');
  await expect(first).toHaveText(/Missing values.*also: drop nulls/);
  await palette.fill('radnom forest');
  await expect(page.getByText(/^There is no random forest node yet\./)).toBeVisible();
  await expect(first).toHaveText(/Gradient boosting.*nearest way/);
  await shoot(page, `find-palette-${info.project.name}`);
  await palette.fill('qwrtpsdf');
  await expect(page.getByText('No node is called “qwrtpsdf”.')).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `find-nothing-${info.project.name}`);
  await page.getByRole('button', { name: 'Show all nodes' }).click();
  await expect(palette).toHaveValue('');

  await page.getByTestId('canvas').focus();
  await page.keyboard.press('/');
  const quick = page.getByRole('combobox', { name: /Add a node/ });
  await quick.fill('melt');
  await expect(page.getByText(/^There is no unpivot node yet\. SQL can\. For example: UNPIVOT /)).toBeVisible();
  await expect(page.getByRole('option').first()).toHaveText(/SQL.*nearest way/);
  await expectAccessible(page);
  await shoot(page, `find-quick-${info.project.name}`);
  await quick.press('Enter');
  await expect(card(page, 'sql')).toBeVisible();

  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Control+k');
  const everything = page.getByRole('combobox', { name: 'Search or run a command' });
  await everything.fill('vlookup');
  await expect(page.getByRole('option').first()).toHaveText(/Join.*also: vlookup/);
  await everything.fill('svm');
  await expect(page.getByText(/^There is no support vector machine node yet\./)).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `find-everything-${info.project.name}`);
  await everything.fill('undo');
  await expect(page.getByRole('option').first()).toHaveText(/Undo/);
});
