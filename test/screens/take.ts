import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import sharp from 'sharp';
import { test as base } from '../e2e/app.ts';
import { serveApp } from '../support/served-app.ts';
import { themes } from './pictures.ts';

/** The workspace is called as a person's is. */
export const test = base.extend({
  openApp: async ({ context, complaints }, give) => {
    const home = await mkdtemp(join(tmpdir(), 'flowyard-screens-'));
    const workspace = join(home, 'Flowyard');
    await mkdir(workspace);
    {
      await using app = await serveApp({ workspace });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(app.url);
      await give({ workspace, page, [Symbol.asyncDispose]: async () => {} });
      await page.close();
    }
    await rm(home, { recursive: true, force: true });
  },
});

export const folder = join(import.meta.dirname, '..', '..', 'docs', 'screens');

/** What the window told in passing is no part of a screen. */
export async function hush(page: Page): Promise<void> {
  const reported = page.getByRole('log').getByRole('button', { name: 'Dismiss' });
  while ((await reported.count()) > 0) await reported.first().click();
}

/** The window, or a part of it, as it stands: once in light and once in dark. */
export async function take(page: Page, name: string, part?: Locator): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    // Charts are drawn anew in the other theme's colours, which takes them some frames.
    await page.waitForTimeout(400);
    const clip = await part?.boundingBox();
    const picture = await page.screenshot({ animations: 'disabled', caret: 'hide', ...(clip ? { clip } : {}) });
    await sharp(picture)
      .webp({ quality: 72, effort: 6, smartSubsample: true })
      .toFile(join(folder, `${name}-${colorScheme}.webp`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
