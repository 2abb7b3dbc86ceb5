import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { pressKind, watchKeys } from './pointer.ts';

const shapes = join(import.meta.dirname, '../../nodes/read/images/shapes');

test('by pointer alone: a folder of this computer is brought in with all that is in it, and twice under two names', async ({
  page,
}) => {
  const outside = await mkdtemp(join(tmpdir(), 'flowyard-photos-'));
  try {
    await cp(shapes, join(outside, 'shapes'), { recursive: true });
    const keys = await watchKeys(page);
    await page.getByRole('button', { name: /Blank pipeline/ }).click();
    await pressKind(page, 'read.images', 'images');
    const field = page.locator('[data-param=folder]');
    const bring = async (): Promise<void> => {
      await field.getByRole('button', { name: 'Choose a folder' }).click();
      const chooser = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: 'Choose a folder from this computer …' }).click();
      await (await chooser).setFiles(join(outside, 'shapes'));
    };
    await bring();
    await expect(field.getByRole('textbox')).toHaveValue('data/shapes');
    await page.getByRole('region', { name: 'Results' }).getByRole('button', { name: 'Run to here' }).click();
    await expect(page.getByRole('grid')).toContainText('square/square-3.png');
    await bring();
    await expect(field.getByRole('textbox')).toHaveValue('data/shapes 2');
    expect(await keys()).toBe(0);
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});
