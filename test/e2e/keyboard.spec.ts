import type { Page } from '@playwright/test';
import { expect, test } from './app.ts';
import { addAfter, runEnds, statesOf } from './window.ts';

/** What has the focus, in a reader's words; the focus must come to be somewhere and be seen. */
async function focusSeen(page: Page): Promise<string> {
  let found: Awaited<ReturnType<typeof lookAtFocus>> = null;
  await expect(async () => {
    found = await lookAtFocus(page);
    expect(found).toMatchObject({ lit: true });
  }).toPass({ timeout: 120_000 });
  return Object(found).name ?? '';
}

/** A key moves the focus a moment later, where something has to open first. */
const focusComesTo = (page: Page, name: string): Promise<void> => expect.poll(() => focusSeen(page)).toContain(name);

const lookAtFocus = (page: Page): Promise<{ name: string; lit: boolean } | null> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    // What a field's own box shows for it counts too: a search box, a cell of a grid, a tab's set.
    const lit = [element, element.parentElement, element.parentElement?.parentElement].some((e) => {
      if (!e) return false;
      const style = getComputedStyle(e);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    });
    return { name: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent ?? ''}`, lit };
  });

async function tabUntil(page: Page, name: RegExp, most = 40): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (name.test(await focusSeen(page))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(name)}`);
}

test('the whole job without a mouse: build, set, run, look, find, serve', async ({ page }) => {
  await page.keyboard.press('Tab');
  await tabUntil(page, /Blank pipeline/);
  await page.keyboard.press('Enter');
  // The canvas has the focus by itself: its keys work at once.
  await expect(page.getByTestId('canvas')).toBeFocused();
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: /Add a node/ })).toBeFocused();
  await page.keyboard.type('example data');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('canvas')).toBeFocused();
  await addAfter(page, 'split');
  // Enter leads to the settings, Escape back to the canvas.
  await page.keyboard.press('Enter');
  await focusComesTo(page, 'Target');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('searchbox').last()).toBeFocused();
  await page.keyboard.type('species');
  await expect(page.getByRole('option', { name: /species/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('node-split')).toContainText('species');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('canvas')).toBeFocused();
  await addAfter(page, 'gradient');
  await page.keyboard.press('Enter');
  await tabUntil(page, /^INPUT Trees/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('20');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('node-gradient-boosting')).toContainText('20 trees');
  await addAfter(page, 'evaluate');
  // The second wire, in words.
  await page.keyboard.press('c');
  await page.keyboard.type('split');
  await page.keyboard.press('Enter');
  await expect(page.locator('.react-flow__edge')).toHaveCount(4);
  await page.keyboard.press('Control+Enter');
  await runEnds(page);
  await expect
    .poll(async () => Object.values(await statesOf(page)).every((state) => state === 'done' || state === 'cached'))
    .toBe(true);

  // From panel to panel; in the results from tab to tab.
  const panels: string[] = [];
  for (let i = 0; i < 7; i++) {
    await page.keyboard.press('F6');
    panels.push(
      await page.evaluate(() => document.activeElement?.closest('[data-panel]')?.getAttribute('data-panel') ?? ''),
    );
    await focusSeen(page);
    if (panels.at(-1) === 'drawer') break;
  }
  expect(panels.at(-1)).toBe('drawer');
  await tabUntil(page, /Report/);
  await page.keyboard.press('ArrowLeft');
  await focusComesTo(page, 'Schema');

  // The keys, the history, the service.
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Alt+3');
  await expect(page.getByRole('heading', { name: 'What the nodes did' })).toBeVisible();
  await page.keyboard.press('Alt+4');
  await expect(page.getByRole('button', { name: 'Serve it' })).toBeVisible();
  await page.keyboard.press('Tab');
  await tabUntil(page, /Serve it/, 60);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Name of the service' })).toBeFocused();
  await page.keyboard.press('Tab');
  await tabUntil(page, /Serve it/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Try it' })).toBeVisible();
  await expect(page.getByText('Running').first()).toBeVisible();
});

test('Tab goes once round the window and is caught nowhere @later', async ({ page }) => {
  await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).press('Enter');
  await runEnds(page);
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('ArrowRight');
  const panels = new Set<string>();
  let last = 'canvas';
  let rounds = 0;
  for (let i = 0; i < 160 && rounds < 1; i++) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(
      () => document.activeElement?.closest('[data-panel]')?.getAttribute('data-panel') ?? 'none',
    );
    panels.add(now);
    if (now === 'canvas' && last !== 'canvas') rounds++;
    last = now;
  }
  expect(rounds).toBe(1);
  expect([...panels]).toEqual(expect.arrayContaining(['canvas', 'drawer', 'inspector', 'palette', 'rail', 'top']));
});

test('Ctrl Enter runs wherever the focus is, a closed list included', async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await expect(page.getByTestId('run')).toContainText('Run all');
  await page
    .locator('[data-param]')
    .getByRole('button', { name: /penguins/i })
    .first()
    .focus();
  await page.keyboard.press('Control+Enter');
  await runEnds(page);
  await expect(page.getByRole('listbox')).toHaveCount(0);
});
