import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';
import { pressKind, watchKeys } from './pointer.ts';
import { card } from './window.ts';

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

test('a folder that is dropped is brought in as a chosen one is, on the canvas and on the first screen @later', async ({
  page,
}) => {
  const outside = await mkdtemp(join(tmpdir(), 'flowyard-photos-'));
  try {
    await cp(shapes, join(outside, 'shapes'), { recursive: true });
    await expect(page.getByRole('button', { name: /Blank pipeline/ })).toBeVisible();
    await dropOn(page, join(outside, 'shapes'));
    await expect(card(page, 'data')).toContainText('shapes');
    const field = page.locator('[data-param=folder]').getByRole('textbox');
    await expect(field).toHaveValue('data/shapes');
    await dropOn(page, join(outside, 'shapes'));
    await expect(card(page, 'images')).toBeVisible();
    await expect(field).toHaveValue('data/shapes 2');
    await page.getByRole('region', { name: 'Results' }).getByRole('button', { name: 'Run to here' }).click();
    await expect(page.getByRole('grid')).toContainText('square/square-3.png');
  } finally {
    await rm(outside, { recursive: true, force: true });
  }
});

/** As from the desktop: the browser itself is handed the path. */
async function dropOn(page: Page, path: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  // The middle of the canvas, clear of cards.
  const at = { x: 700, y: 460, data: { items: [], files: [path], dragOperationsMask: 1 } };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await browser.send('Input.dispatchDragEvent', { type, ...at });
  await browser.detach();
}
