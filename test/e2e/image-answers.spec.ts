import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { card, expectAccessible, runEnds, shoot, trustFile } from './window.ts';

const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Numerals',
    parameters: {},
    nodes: {
      digits: { kind: 'read.images', version: 1, params: { from: 'digits' } },
      split: { kind: 'split.rows', version: 1, params: { target: 'label' } },
      network: { kind: 'train.image-network', version: 1, params: { layers: { preset: 'small' }, epochs: 3 } },
      evaluate: { kind: 'evaluate.classification', version: 1, params: {} },
      serve: { kind: 'deploy.http', version: 1, params: { name: 'numerals' } },
    },
    wires: [
      'digits.rows -> split.rows',
      'split.rows -> network.rows',
      'network.model -> evaluate.model',
      'split.rows -> evaluate.rows',
      'network.model -> serve.model',
    ],
    groups: {},
    notes: {},
    layout: { digits: [0, 0], split: [280, 0], network: [560, 0], evaluate: [840, 120], serve: [840, 0] },
  }),
);

/** A one, as people draw it. */
const one = (): Promise<Buffer> => {
  const pixels = Buffer.alloc(64);
  for (let y = 1; y < 7; y++) pixels.set([160, 240], y * 8 + 3);
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();
};

test('an evaluation shows the worst mistakes, and a service is tried with an image @dark @later', async ({
  page,
  workspace,
}, { project }) => {
  await writeFile(join(workspace, 'numerals.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('numerals.pipeline.json').click();
  await card(page, 'digits').waitFor();
  await trustFile(page);
  await page.keyboard.press('Control+Enter');
  await runEnds(page);

  await card(page, 'evaluate').click();
  const pictures = page.getByRole('region', { name: /Worst mistakes|Least sure/ }).locator('img');
  await pictures.first().scrollIntoViewIfNeeded();
  await expect(pictures.first()).toBeVisible();
  await expect.poll(() => pictures.first().evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(8);
  await expectAccessible(page);
  await shoot(page, `worst-mistakes-${project.name}`);

  await page.keyboard.press('Alt+6');
  await expect(page.getByText(/http:\/\/127\.0\.0\.1:\d+$/).first()).toBeVisible();
  await page
    .locator('input[type=file][aria-label=image]')
    .setInputFiles({ name: 'one.png', mimeType: 'image/png', buffer: await one() });
  await expect(page.getByRole('img', { name: 'The chosen image' })).toBeVisible();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByLabel('Answer', { exact: true })).toContainText('1');
  await expectAccessible(page);
  await shoot(page, `try-image-${project.name}`);
});
