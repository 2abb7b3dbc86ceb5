/** Closing and quitting in a real Electron window: the person is asked, nothing is lost, and the engine ends only when all windows have agreed. */
import { expect as see } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addAfter, card } from '../e2e/window.ts';
import { ended, openDesktop, quit, type Desktop, type RealWindow } from './real-window.ts';

const patient = see.configure({ timeout: 120_000 });

describe('a real window with unsaved work', () => {
  let desktop: Desktop;
  const shots = process.env['FLOWYARD_SHOTS'];
  const shoot = async ({ page }: RealWindow, name: string): Promise<void> => {
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  const closeWindow = ({ electron }: RealWindow): Promise<void> =>
    electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  const ask = (open: RealWindow) => open.page.getByRole('alertdialog', { name: /Save your changes/ });
  /** A pipeline of one node that is saved nowhere. */
  const work = async (open: RealWindow): Promise<void> => {
    await open.page.getByRole('button', { name: /Blank pipeline/ }).click();
    await addAfter(open.page, 'example data');
    await patient(card(open.page, 'example-data')).toBeVisible();
  };

  beforeAll(async () => {
    desktop = await openDesktop();
  });
  afterEach(() => desktop?.endAll());
  afterAll(() => desktop?.[Symbol.asyncDispose]());

  test('closing asks; cancelled, window and engine go on; quitting asks too, and saved it goes', async () => {
    const open = await desktop.open();
    await work(open);
    await closeWindow(open);
    await patient(ask(open)).toBeVisible();
    await shoot(open, 'close-window');
    await ask(open).getByRole('button', { name: 'Cancel' }).click();
    await patient(ask(open)).toBeHidden();
    await quit(open);
    await patient(ask(open)).toBeVisible();
    await open.page.keyboard.press('Escape');
    await patient(ask(open)).toBeHidden();
    await patient(open.page.getByText('Engine ready')).toBeVisible();
    await addAfter(open.page, 'split');
    await patient(card(open.page, 'split')).toBeVisible();
    await quit(open);
    await ask(open).getByRole('textbox').fill('kept');
    const gone = ended(open);
    await ask(open).getByRole('button', { name: 'Save', exact: true }).click();
    await gone;
    const saved = readFileSync(join(desktop.home, 'kept.pipeline.json'), 'utf8');
    expect(Object.keys(JSON.parse(saved).nodes).toSorted()).toEqual(['example-data', 'split']);
  });

  test('what is not saved is offered with the next start, after closing and after the end of the system', async () => {
    const first = await desktop.open();
    await work(first);
    await closeWindow(first);
    const gone = ended(first);
    await ask(first).getByRole('button', { name: 'Do not save' }).click();
    await gone;
    const second = await desktop.open();
    await second.page.getByRole('button', { name: 'Restore' }).first().click();
    await patient(card(second.page, 'example-data')).toBeVisible();
    await addAfter(second.page, 'filter');
    const ends = ended(second);
    second.electron.process().kill('SIGTERM');
    await ends;
    const third = await desktop.open();
    await third.page.getByRole('button', { name: 'Restore' }).first().click();
    await patient(third.page.locator('article[data-testid^=node-]')).toHaveCount(2);
    const last = ended(third);
    await quit(third);
    await ask(third).getByRole('button', { name: 'Do not save' }).click();
    await last;
  });

  test('a window without unsaved work closes unasked', async () => {
    const open = await desktop.open();
    await patient(open.page.getByText('Penguins').first()).toBeVisible();
    const gone = ended(open);
    await closeWindow(open);
    await gone;
  });
});
