/**
 * `npm run prove:first-minutes`: each task of the first minutes, by a pointer in a real browser, on three tables that no test reads, each from the first screen
 * of an empty workspace. A JSON line a step, the sums last; exit code 1 where a step failed.
 */
import { chromium } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterwards, emptyPlaces, fromCsvToService, walk, type StepResult } from '../support/first-minutes.ts';
import { makeOwnCsvs, type OwnCsv } from '../support/own-csvs.ts';
import { serveApp } from '../support/served-app.ts';

const mostPointerActions = 9;
const mostMs = 60_000;

const say = (line: object): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

// Set by the launcher where Playwright's own browser is not in its cache.
const executablePath = process.env['CHROMIUM'];
const browser = await chromium.launch({
  // Root cannot have its sandbox.
  chromiumSandbox: process.getuid?.() !== 0,
  ...(executablePath === undefined ? {} : { executablePath }),
});
const folder = await mkdtemp(join(tmpdir(), 'flowyard-own-tables-'));
const sums: Record<string, { pointerActions: number; ms: number; ok: boolean }> = {};
try {
  for (const own of makeOwnCsvs()) sums[own.file] = await proveOne(own);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}
const ok = Object.values(sums).every((sum) => sum.ok);
say({ ok, date: new Date().toISOString().slice(0, 10), mostPointerActions, mostMs, tables: sums });
process.exitCode = ok ? 0 : 1;

async function proveOne(own: OwnCsv): Promise<(typeof sums)[string]> {
  const path = join(folder, own.file);
  await writeFile(path, own.text);
  await using app = await serveApp();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
  page.setDefaultTimeout(60_000);
  await page.goto(app.url);
  const mine: StepResult[] = [];
  const notify = (result: StepResult): void => void say({ table: own.file, ...result });
  let done = await walk(page, emptyPlaces(page), notify);
  await page.getByRole('navigation').getByRole('button', { name: 'Start', exact: true }).click();
  const served = await walk(page, fromCsvToService(page, own, path), (result) => {
    mine.push(result);
    notify(result);
  });
  done = served && (await walk(page, afterwards(page, own), notify)) && done;
  await page.close();
  const pointerActions = mine.reduce((sum, result) => sum + result.pointerActions, 0);
  const ms = mine.reduce((sum, result) => sum + result.ms, 0);
  return { pointerActions, ms, ok: done && pointerActions <= mostPointerActions && ms <= mostMs };
}
