import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { addAfter, card, runEnds, trustFile } from './window.ts';

test('runs from before a pipeline was saved are its runs, also after the window was loaded anew', async ({
  page,
  workspace,
}) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await page.getByTestId('run').click();
  await runEnds(page);
  await page.reload();
  await expect(page.locator('article')).toHaveCount(1);
  await page.locator('[data-save]').click();
  await page.getByRole('textbox', { name: 'File' }).fill('first');
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-save]')).toHaveText('Saved');
  expect(await readdir(workspace)).toContain('first.pipeline.json');
  await page.getByRole('button', { name: 'Start' }).first().click();
  const recent = page.getByRole('main').getByRole('button', { name: /first\.pipeline\.json/ });
  await expect(recent).toContainText(/done/i);
  await expect(recent).not.toContainText('Never run');
});

test('a run that failed is said so again in the next window, its work saved or not', async ({
  page,
  context,
  workspace,
}) => {
  const pipeline = {
    flowyard: 1,
    nodes: {
      read: { kind: 'read.example' },
      query: { kind: 'combine.sql', params: { query: 'SELECT CAST(species AS INTEGER) AS n FROM rows' } },
    },
    wires: ['read.rows -> query.rows'],
  };
  await writeFile(join(workspace, 'failing.pipeline.json'), JSON.stringify(pipeline));
  await page.getByRole('button', { name: /Open a pipeline/ }).click();
  await page.getByRole('dialog').getByText('failing.pipeline.json').click();
  await trustFile(page);
  await page.getByTestId('run').click();
  await runEnds(page);
  await expect(card(page, 'query')).toHaveAttribute('data-state', 'failed');
  // The end of a run is news once.
  await page.reload();
  await expect(card(page, 'query')).toHaveAttribute('data-state', 'failed');
  await expect(page.getByText(/failed:|The run failed/)).toHaveCount(0);
  // Work that was not saved, left by its window and restored by another.
  await card(page, 'read').click();
  await addAfter(page, 'filter');
  await expect(page.locator('[data-save]')).toHaveAttribute('data-save', 'unsaved');
  const next = await context.newPage();
  await next.goto(page.url());
  await page.close();
  await next
    .getByRole('button', { name: /failing\.pipeline\.json/ })
    .first()
    .click();
  await expect(card(next, 'query')).toHaveAttribute('data-state', 'failed');
  await next.close();
});

test('a pipeline without a file whose run failed says so in the next window', async ({ page, context }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await addAfter(page, 'sql');
  await page
    .locator('[data-param=query] [contenteditable=true]')
    .fill('SELECT CAST(species AS INTEGER) AS n FROM rows');
  await page.getByTestId('run').click();
  await runEnds(page);
  await expect(page.locator('article[data-state=failed]')).toHaveCount(1);
  const next = await context.newPage();
  await next.goto(page.url());
  await page.close();
  await next.getByRole('button', { name: 'Restore' }).click();
  await expect(next.locator('article[data-state=failed]')).toHaveCount(1);
  await next.close();
});
