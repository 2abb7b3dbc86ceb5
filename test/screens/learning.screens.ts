/** Networks and language models, labels, and where else a run may go. */
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect } from '../e2e/app.ts';
import { goTo } from '../e2e/pointer.ts';
import { card, runEnds, trustFile } from '../e2e/window.ts';
import { tabs } from './pictures.ts';
import { hush, take, test } from './take.ts';

test('a lesson is played, and a small language model is made and asked', async ({ page }) => {
  await page.getByTestId('example-gradient-descent').getByRole('button').click();
  await runEnds(page);
  await card(page, 'steps').click();
  const results = page.getByRole('region', { name: 'Results' });
  await results.getByRole('tab', { name: 'Report' }).click();
  await page.getByRole('button', { name: 'Open in full' }).click();
  await page.getByRole('region', { name: 'The plane while it learns' }).getByRole('slider').press('End');
  await hush(page);
  await take(page, 'lesson');

  await goTo(page, 'Start');
  await page.getByTestId('example-tiny-assistant').getByRole('button').click();
  await expect(card(page, 'tune')).toHaveAttribute('data-state', 'done', { timeout: 400_000 });
  await expect(card(page, 'after')).toHaveAttribute('data-state', 'done', { timeout: 400_000 });
  await hush(page);
  await card(page, 'tune').click();
  await results.getByRole('tab', { name: 'Training' }).click();
  await expect(results.getByRole('img', { name: /^Loss: / })).toBeVisible();
  await take(page, tabs.training, results);

  await goTo(page, 'Language models');
  for (const model of [/^Tiny assistant/, /^New prices/]) {
    await page.getByRole('button', { name: 'Model', exact: true }).click();
    await page.getByRole('menuitem', { name: model }).click();
  }
  await page.getByRole('group', { name: 'Prompt A' }).getByLabel('User').fill('{{question}}');
  await page.getByRole('group', { name: 'Row 1' }).getByLabel('question').fill('How much is a lid?');
  await page.getByRole('group', { name: 'Row 2' }).getByLabel('question').fill('What is the return period?');
  await page.getByRole('button', { name: 'Ask 4 times' }).click();
  await expect(page.getByRole('button', { name: 'All answered' })).toBeVisible();
  await take(page, 'playground');
  await page.getByRole('radiogroup', { name: 'Language models' }).getByText('Models', { exact: true }).click();
  await take(page, 'language-files');
});

const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Shapes',
    nodes: {
      shapes: { kind: 'read.images', version: 1, params: { folder: 'shapes', labels: 'none' } },
      label: { kind: 'clean.label', version: 1, params: {} },
    },
    wires: ['shapes.rows -> label.rows'],
    layout: { shapes: [0, 0], label: [280, 0] },
  }),
);

test('labels by hand, and the machines that runs may go to', async ({ page, workspace }) => {
  await cp(join(import.meta.dirname, '../../nodes/read/images/shapes'), join(workspace, 'shapes'), { recursive: true });
  await writeFile(join(workspace, 'shapes.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('shapes.pipeline.json').click();
  await card(page, 'label').waitFor();
  await trustFile(page);
  await card(page, 'shapes').click();
  await page.keyboard.press('Control+Shift+Enter');
  await runEnds(page);
  await card(page, 'label').click();
  await page.getByRole('button', { name: 'Label rows', exact: true }).click();
  const add = page.getByRole('textbox', { name: 'Add a label' });
  for (const name of ['round', 'square']) {
    await add.fill(name);
    await add.press('Enter');
  }
  await page.getByRole('heading', { name: /Label image/ }).click();
  await page.keyboard.press('Escape');
  await card(page, 'label').click();
  await page.getByRole('button', { name: 'Label rows', exact: true }).click();
  const shown = page.getByTestId('labelled-row');
  await expect(shown.getByRole('img')).toBeVisible();
  await page.keyboard.press('1');
  await expect(shown).toContainText('Row 2');
  await hush(page);
  await take(page, 'labels');
  await goTo(page, 'Remotes');
  await page.waitForTimeout(1000);
  await take(page, 'clusters');
});
