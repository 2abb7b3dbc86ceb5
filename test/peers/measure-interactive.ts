import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { serveApp } from '../support/served-app.ts';

export interface Interactive {
  /** From the start of the app to a first screen whose buttons work. */
  startToInteractiveMs: number;
  /** The page's share, in a browser with an empty cache. */
  pageToInteractiveMs: number;
}

/** Undefined where there is no browser. */
export async function measureInteractive(): Promise<Interactive | undefined> {
  // Set by the launcher where Playwright's own browser is not in its cache.
  const executablePath = process.env['CHROMIUM'];
  if (!existsSync(executablePath ?? chromium.executablePath())) return undefined;
  const browser = await chromium.launch({
    // Root cannot have its sandbox.
    chromiumSandbox: process.getuid?.() !== 0,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const startedMs = performance.now();
    await using app = await serveApp();
    await page.goto(app.url);
    // Playwright clicks only what is shown, enabled and in nobody's shade; a trial presses nothing.
    await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).click({ trial: true });
    const startToInteractiveMs = performance.now() - startedMs;
    const pageToInteractiveMs = await page.evaluate(() => performance.now());
    await page.close();
    return {
      startToInteractiveMs: Math.round(startToInteractiveMs),
      pageToInteractiveMs: Math.round(pageToInteractiveMs),
    };
  } finally {
    await browser.close();
  }
}
