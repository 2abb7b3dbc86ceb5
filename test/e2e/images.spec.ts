import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { card, expectAccessible, runEnds, shoot, trustFile } from './window.ts';

const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Shapes',
    parameters: {},
    nodes: {
      shapes: { kind: 'read.images', version: 1, params: { folder: 'shapes' } },
      prepare: { kind: 'prepare.images', version: 1, params: { fit: 'cover', width: 6, height: 6 } },
    },
    wires: ['shapes.rows -> prepare.rows'],
    groups: {},
    notes: {},
    layout: { shapes: [0, 0], prepare: [280, 0] },
  }),
);

test('images are seen in the grid, and at the focused cell before and after they are prepared @dark @later', async ({
  page,
  workspace,
}) => {
  await cp(join(import.meta.dirname, '../../nodes/read/images/shapes'), join(workspace, 'shapes'), { recursive: true });
  await writeFile(join(workspace, 'shapes.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('shapes.pipeline.json').click();
  await card(page, 'shapes').waitFor();
  await trustFile(page);
  await page.keyboard.press('Control+Enter');
  await runEnds(page);

  await card(page, 'shapes').click();
  const pictures = page.getByRole('grid').locator('img');
  await expect(pictures.first()).toBeVisible();
  await expect.poll(() => pictures.first().evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(16);

  await card(page, 'prepare').click();
  await expect.poll(() => pictures.first().evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(6);
  await pictures.first().click();
  const peek = page.getByRole('img', { name: /6 × 6, grey/ });
  await expect(peek).toBeVisible();
  await expect(peek).toContainText('File · 16 × 16, grey');
  await expect(peek).toContainText('Prepared · 6 × 6, grey');
  await expectAccessible(page);
  await shoot(page, 'images');
});
