import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { card, expectAccessible, runEnds, shoot, trustFile } from './window.ts';

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

test('images get labels by keys, which are on the disk at once, are taken back, and feed the table @everywhere', async ({
  page,
  workspace,
}, { project }) => {
  const isLarge = !project.name.endsWith('small');
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

  const shown = page.getByTestId('labelled-row');
  await expect(shown.getByRole('img')).toBeVisible();
  const add = page.getByRole('textbox', { name: 'Add a label' });
  for (const name of ['round', 'square']) {
    await add.fill(name);
    await add.press('Enter');
  }
  await page.getByRole('heading', { name: /Label image/ }).click();
  await page.keyboard.press('Escape');
  await card(page, 'label').click();
  await page.getByRole('button', { name: 'Label rows', exact: true }).click();
  await expect(shown.getByRole('img')).toBeVisible();
  await page.keyboard.press('1');
  await expect(shown).toContainText('Row 2');
  await page.keyboard.press('2');
  await expect(shown).toContainText('Row 3');
  const file = join(workspace, 'shapes.label.labels.jsonl');
  await expect.poll(async () => (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').length).toBe(2);
  await page.keyboard.press('Control+z');
  await expect(shown).toContainText('Row 2');
  await expect.poll(async () => (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').length).toBe(1);
  await page.keyboard.press('ArrowLeft');
  await expect(shown).toContainText('round');
  if (isLarge) await expectAccessible(page);
  await shoot(page, `labels-${project.name}`);
  await page.keyboard.press('u');
  await expect(shown).toContainText('Row 2');
  await page.getByRole('button', { name: /square/ }).click();
  await expect(shown).toContainText('Row 3');
  await expect(page.getByText(/^2 of \d+ labelled$/)).toBeVisible();
  await expect(page.getByText('All labels are written to shapes.label.labels.jsonl')).toBeVisible();

  await page.keyboard.press('Escape');
  await card(page, 'label').click();
  await expect(page.getByRole('grid')).toContainText('square');
  await expect(page.getByRole('grid')).toContainText('round');
});
