import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { addAfter, card, expectAccessible, fitAll, shoot, statesOf } from './window.ts';

const shapes = join(import.meta.dirname, '../../nodes/read/images/shapes');

test('from a folder of images to a served classifier, with its worst mistakes and its layers @dark', async ({
  page,
  workspace,
}, { project }) => {
  test.setTimeout(420_000);
  await mkdir(join(workspace, 'data'), { recursive: true });
  // Few images, many times: enough to divide. One set lies in the wrong folders, so that there are mistakes to look at.
  for (let i = 0; i < 6; i++)
    for (const [kind, wrong] of [
      ['disc', 'square'],
      ['square', 'disc'],
    ] as const)
      await cp(join(shapes, kind), join(workspace, 'data', 'shapes', i === 0 ? wrong : kind, `set-${i}`), {
        recursive: true,
      });
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'images');
  await page.getByRole('textbox', { name: 'Folder' }).fill('data/shapes');
  await page.keyboard.press('Tab');
  await page.locator('[data-param=labels]').getByRole('button').last().click();
  await page.getByRole('option', { name: 'the first folder on the way to it' }).click();
  await addAfter(page, 'split');
  await page.locator('[data-param=target]').getByRole('button').last().click();
  await page.getByRole('option', { name: /label/ }).click();
  await addAfter(page, 'image network');

  // The layers: a preset, then a change that makes them one's own, and one that does not fit.
  const layers = page.locator('[data-param=layers]');
  await expect(layers.getByText(/parameters$/)).toBeVisible();
  const total = await layers.getByRole('status').textContent();
  await layers
    .getByRole('button', { name: /Convolution/ })
    .first()
    .click();
  await layers.getByRole('spinbutton', { name: /^Filters/ }).fill('8');
  await expect(layers.getByRole('status')).not.toHaveText(total ?? '');
  await expect(layers.getByRole('button', { name: /Layers of my own/ })).toBeVisible();
  await layers.getByRole('button', { name: /Pool/ }).first().click();
  await layers.getByRole('spinbutton', { name: /^Size/ }).fill('40');
  await expect(layers.getByText('A pool of 40 does not fit into 28.')).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `layers-${project.name}`);
  await layers.getByRole('spinbutton', { name: /^Size/ }).fill('2');
  await layers.getByRole('button', { name: /Pool/ }).first().press('Alt+ArrowDown');
  await expect(layers.getByRole('button', { name: /Pool/ }).first()).toBeFocused();

  await addAfter(page, 'evaluate');
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('c');
  await page.keyboard.type('split');
  await page.keyboard.press('Enter');
  await fitAll(page);
  await page.getByTestId('run').click();
  await expect
    .poll(async () => [...new Set(Object.values(await statesOf(page)))].filter((s) => s !== 'cached'), {
      timeout: 240_000,
    })
    .toEqual(['done']);
  await card(page, 'image-network').click();
  await page.getByRole('tab', { name: 'Training' }).click();
  await expect(page.getByRole('region', { name: 'Results' }).getByRole('img', { name: /^Loss: / })).toBeVisible();
  await shoot(page, `image-network-training-${project.name}`);
  await card(page, 'evaluate').click();
  await page.getByRole('tab', { name: 'Report' }).click();
  await page.getByRole('button', { name: 'Open in full' }).click();
  const mistakes = page.getByRole('region', { name: 'Worst mistakes' });
  await expect(mistakes.locator('img').first()).toBeVisible();
  await mistakes.scrollIntoViewIfNeeded();
  await shoot(page, `worst-mistakes-${project.name}`);

  await page.keyboard.press('Alt+4');
  await page
    .getByRole('button', { name: /image-network/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Serve it' }).click();
  await page.getByRole('textbox', { name: 'Name of the service' }).fill('shapes');
  await page.getByRole('dialog').getByRole('button', { name: 'Serve it' }).click();
  await expect(page.getByRole('heading', { name: 'shapes', exact: true })).toBeVisible();
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await shoot(page, `image-service-${project.name}`);
});
