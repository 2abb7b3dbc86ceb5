import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { choose, drawWire, goTo, pressKind, seeAll, shootBoth, watchKeys } from './pointer.ts';
import { addAfter, card, expectAccessible, statesOf } from './window.ts';

const shapes = join(import.meta.dirname, '../../nodes/read/images/shapes');

test('by pointer alone: from a folder of images to a served classifier, with its worst mistakes @dark @later', async ({
  page,
  workspace,
}, { project }) => {
  test.setTimeout(900_000);
  // Few images, many times: enough to divide. One set lies in the wrong folders, so that there are mistakes to look at.
  const folder = join(workspace, 'data', 'photos', 'shapes');
  await mkdir(folder, { recursive: true });
  for (let i = 0; i < 6; i++)
    for (const [kind, wrong] of [
      ['disc', 'square'],
      ['square', 'disc'],
    ] as const)
      await cp(join(shapes, kind), join(folder, i === 0 ? wrong : kind, `set-${i}`), { recursive: true });
  const keys = await watchKeys(page);

  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await pressKind(page, 'read.images', 'images');
  await page.locator('[data-param=folder]').getByRole('button', { name: 'Choose a folder' }).click();
  await page.getByRole('button', { name: 'Open data', exact: true }).click();
  await page.getByRole('button', { name: 'Open photos', exact: true }).click();
  await shootBoth(page, `choose-folder-${project.name}`);
  await page.getByRole('button', { name: 'Choose shapes', exact: true }).click();
  await expect(page.locator('[data-param=folder]').getByRole('textbox')).toHaveValue('data/photos/shapes');
  await choose(page, 'labels', 'the first folder on the way to it');
  await pressKind(page, 'split.rows', 'split');
  await choose(page, 'target', /label/);
  await pressKind(page, 'train.image-network', 'image-network');

  // The layers: a preset, then a change that makes them one's own, and one that does not fit.
  const layers = page.locator('[data-param=layers]');
  await expect(layers.getByText(/parameters$/)).toBeVisible();
  const total = await layers.getByRole('status').textContent();
  const convolution = layers.getByRole('button', { name: /Convolution/ }).first();
  await convolution.click();
  await layers.getByRole('button', { name: /^Filters.*less$/i }).click();
  await expect(layers.getByRole('status')).not.toHaveText(total ?? '');
  await expect(layers.getByRole('button', { name: /Layers of my own/ })).toBeVisible();
  const pool = layers.getByRole('button', { name: /Pool/ }).first();
  await pool.click();
  await layers.getByRole('spinbutton', { name: /^Size/ }).fill('40');
  await expect(layers.getByText('A pool of 40 does not fit into 28.')).toBeVisible();
  await expectAccessible(page);
  await shootBoth(page, `layers-${project.name}`);
  await layers.getByRole('spinbutton', { name: /^Size/ }).fill('2');
  await expect(layers.getByText('A pool of 40 does not fit into 28.')).toHaveCount(0);

  await pressKind(page, 'evaluate.model', 'evaluate');
  await seeAll(page);
  await drawWire(page, 'split.rows', 'evaluate.rows');
  await shootBoth(page, `image-pipeline-${project.name}`);
  await page.getByTestId('run').click();
  await expect
    .poll(async () => [...new Set(Object.values(await statesOf(page)))].filter((s) => s !== 'cached'), {
      timeout: 240_000,
    })
    .toEqual(['done']);
  await card(page, 'image-network').click();
  await page.getByRole('tab', { name: 'Training' }).click();
  await expect(page.getByRole('region', { name: 'Results' }).getByRole('img', { name: /^Loss: / })).toBeVisible();
  await shootBoth(page, `image-network-training-${project.name}`);
  // What does not learn shows what it gives, not the training of another.
  await card(page, 'evaluate').click();
  await expect(page.getByRole('tab', { name: 'Report' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Open in full' }).click();
  const mistakes = page.getByRole('region', { name: 'Worst mistakes' });
  await expect(mistakes.locator('img').first()).toBeVisible();
  await mistakes.scrollIntoViewIfNeeded();
  await expectAccessible(page);
  await shootBoth(page, `worst-mistakes-${project.name}`);

  await goTo(page, 'Models');
  await page
    .getByRole('button', { name: /image-network/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Serve it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Serve it' }).click();
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose an image' }).click();
  await (await chooser).setFiles(join(folder, 'disc', 'set-1', 'disc-1.png'));
  await expect(page.getByRole('img', { name: 'The chosen image' })).toBeVisible();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByLabel('Answer', { exact: true })).toContainText(/disc|square/);
  await expectAccessible(page);
  await shootBoth(page, `image-service-${project.name}`);
  expect(await keys()).toBe(0);
});

test('a layer is moved by keys @later', async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'image network');
  const pool = page.locator('[data-param=layers]').getByRole('button', { name: /Pool/ }).first();
  await expect(pool).toBeVisible();
  await pool.press('Alt+ArrowDown');
  await expect(pool).toBeFocused();
  await expect(page.getByRole('button', { name: /Layers of my own/ })).toBeVisible();
});
