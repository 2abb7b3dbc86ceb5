import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { mountSmallDisk, whyNoDisk } from '../support/small-disk.ts';
import { serveApp } from '../support/served-app.ts';
import { journalHolds } from './journal.ts';
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

test('a file that was renamed beside its open tab: saving says that it is no longer there, and saves it there again @later', async ({
  page,
  workspace,
}) => {
  const button = page.locator('[data-save]');
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await button.click();
  await page.getByRole('textbox', { name: 'File' }).fill('first');
  await page.keyboard.press('Enter');
  await expect(button).toHaveText('Saved');
  await rename(join(workspace, 'first.pipeline.json'), join(workspace, 'renamed.pipeline.json'));
  await addAfter(page, 'split');
  await button.click();
  const dialog = page.getByRole('alertdialog', { name: 'The file is no longer there' });
  await expect(dialog).toContainText('“first.pipeline.json” was renamed, moved or deleted since you opened it.');
  await expectAccessible(page);
  await shoot(page, 'save-file-gone');
  await dialog.getByRole('button', { name: 'Save it there again' }).click();
  await expect(button).toHaveText('Saved');
  expect((await readdir(workspace)).filter((name) => name.endsWith('.json')).toSorted()).toEqual([
    'first.pipeline.json',
    'renamed.pipeline.json',
  ]);
});

test('a save that fails says so with the reason, loses nothing, and works once its reason is gone @later', async ({
  page,
  workspace,
}) => {
  const button = page.locator('[data-save]');
  await mkdir(join(workspace, 'deep'));
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await button.click();
  await page.getByRole('textbox', { name: 'File' }).fill('deep/first');
  await page.keyboard.press('Enter');
  await expect(button).toHaveText('Saved');
  // Nothing can be written there now, by whomever.
  await rename(join(workspace, 'deep'), join(workspace, 'away'));
  await writeFile(join(workspace, 'deep'), '');
  await addAfter(page, 'split');
  await button.click();
  await expect(button).toHaveText('Not saved');
  await expect(page.getByText(/Something on the way to .*first\.pipeline\.json is a file/).first()).toBeVisible();
  await shoot(page, 'save-failed');
  await journalHolds(workspace, '"split.rows"');
  // The file is as it was.
  const nodes = async (folder: string): Promise<string[]> =>
    Object.keys(JSON.parse(await readFile(join(workspace, folder, 'first.pipeline.json'), 'utf8')).nodes);
  expect(await nodes('away')).toEqual(['example-data']);
  await rm(join(workspace, 'deep'));
  await rename(join(workspace, 'away'), join(workspace, 'deep'));
  await button.click();
  await expect(button).toHaveText('Saved');
  expect((await nodes('deep')).toSorted()).toEqual(['example-data', 'split']);
});

test('on a full disk each step and each save says so; with room again all of it is written @later', async ({
  context,
}) => {
  const reason = process.env['FLOWYARD_E2E'] === 'desktop' ? 'the app is the test’s own' : whyNoDisk();
  test.skip(reason !== undefined, reason);
  const disk = mountSmallDisk(12_000);
  try {
    await using app = await serveApp({ workspace: disk.folder });
    const page = await context.newPage();
    const button = page.locator('[data-save]');
    await page.goto(app.url);
    await page.getByRole('button', { name: /Blank pipeline/ }).click();
    await addAfter(page, 'example data');
    await button.click();
    await page.getByRole('textbox', { name: 'File' }).fill('first');
    await page.keyboard.press('Enter');
    await expect(button).toHaveText('Saved');
    disk.fill(32_000_000);
    // A step is small and may find a gap in what is open already; many do not.
    await expect(async () => {
      await addAfter(page, 'split');
      await expect(page.getByText(/disk .*full|no (space|room)/i).first()).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 60_000 });
    await button.click();
    await expect(button).toHaveText('Not saved');
    await shoot(page, 'disk-full');
    const shown = await page.locator('article[data-testid^=node-]').count();
    disk.makeRoom();
    await expect(async () => {
      await button.click();
      await expect(button).toHaveText('Saved', { timeout: 2000 });
    }).toPass({ timeout: 60_000 });
    const { nodes } = JSON.parse(await readFile(join(disk.folder, 'first.pipeline.json'), 'utf8'));
    expect(Object.keys(nodes).length).toBeGreaterThanOrEqual(Math.max(2, shown));
    await journalHolds(disk.folder, Object.keys(nodes).toSorted().at(-1) ?? '');
  } finally {
    disk.remove();
  }
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
