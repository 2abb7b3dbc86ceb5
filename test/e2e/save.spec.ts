import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { addAfter, expectAccessible, shoot } from './window.ts';

test('saving is seen: what is unsaved, what is saved, by button, key and status line @dark', async ({
  page,
  workspace,
}, { project }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  const button = page.locator('[data-save]');
  await expect(button).toHaveText('Save');
  await addAfter(page, 'example data');
  await expect(button).toHaveAttribute('data-save', 'unsaved');
  await shoot(page, `save-unsaved-${project.name}`);
  await button.click();
  await page.getByRole('textbox', { name: 'File' }).fill('first');
  await page.keyboard.press('Enter');
  await expect(button).toHaveText('Saved');
  expect(await readdir(workspace)).toContain('first.pipeline.json');
  await expectAccessible(page);
  // By the status line, then by the key.
  await addAfter(page, 'split');
  await page.getByRole('contentinfo').getByRole('button', { name: 'Unsaved changes' }).click();
  await expect(button).toHaveText('Saved');
  await addAfter(page, 'filter');
  await page.keyboard.press('Control+s');
  await expect(button).toHaveText('Saved');
  const saved: { nodes: object } = JSON.parse(await readFile(join(workspace, 'first.pipeline.json'), 'utf8'));
  expect(Object.keys(saved.nodes)).toHaveLength(3);
});

test('a tab’s menu saves, copies, duplicates and closes the others, which ask for themselves @dark @later', async ({
  page,
}, { project }) => {
  const tabs = page.getByRole('navigation', { name: 'Open pipelines' });
  const menuOf = async (entry: string): Promise<void> => {
    await tabs.getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: entry }).click();
  };
  const long = 'a-pipeline-with-a-name-that-is-longer-than-any-tab-can-show-of-it';
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await menuOf('Save as');
  await page.getByRole('textbox', { name: 'File' }).fill(long);
  await page.keyboard.press('Enter');
  await expect(tabs.getByTitle(`${long}.pipeline.json`)).toBeVisible();
  await menuOf('Duplicate');
  await expect(tabs.getByRole('button', { name: /^Close / })).toHaveCount(2);
  await tabs.getByRole('button', { name: /copy/ }).first().click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Copy its path' })).toHaveAttribute('aria-disabled', 'true');
  await shoot(page, `tab-menu-${project.name}`);
  await page.keyboard.press('Escape');
  await tabs.getByTitle(`${long}.pipeline.json`).click();
  await menuOf('Close the others');
  // The copy is saved nowhere: it asks.
  await page.getByRole('button', { name: 'Do not save' }).click();
  await expect(tabs.getByRole('button', { name: /^Close / })).toHaveCount(1);
  await expect(tabs.getByTitle(`${long}.pipeline.json`)).toBeVisible();
});
