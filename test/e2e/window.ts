/** What the specs ask of the window, in a person's words. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

export const card = (page: Page, id: string): Locator => page.getByTestId(`node-${id}`);

/** The states of all cards on the canvas, by node. */
export async function statesOf(page: Page): Promise<Record<string, string>> {
  const pairs = await page
    .locator('article[data-testid^=node-]')
    .evaluateAll((cards) =>
      cards.map((c): [string, string] => [
        (c.getAttribute('data-testid') ?? '').slice(5),
        c.getAttribute('data-state') ?? '',
      ]),
    );
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Waits until the window says how the run ended. */
export async function runEnds(page: Page): Promise<void> {
  // Outside of Playwright's own runner its default would be five seconds.
  await expect(page.getByText(/Run finished in|The run failed/).first()).toBeVisible({ timeout: 240_000 });
}

/** Adds a node at the canvas by its search, after the selected one. */
export async function addAfter(page: Page, text: string): Promise<void> {
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('a');
  const search = page.getByRole('combobox', { name: /Add a node/ });
  await search.fill(text);
  await search.press('Enter');
  await expect(search).toHaveCount(0);
}

/** Chooses a column in the inspector of the selected node. */
export async function pickColumn(page: Page, param: string, column: string): Promise<void> {
  await page
    .locator(`[data-param=${param}]`)
    .getByRole('button', { name: /not chosen|:/ })
    .last()
    .click();
  await page.getByRole('searchbox').last().fill(column);
  await page.getByRole('option', { name: new RegExp(column) }).click();
}

/** Sees all of the pipeline. */
export async function fitAll(page: Page): Promise<void> {
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('f');
}

/** As it stands when all has arrived: while a check is on its way, a button may be judged between two states. */
export async function expectAccessible(page: Page): Promise<void> {
  await expect(async () => {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
      .analyze();
    const reported = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 120)} ${any[0]?.message ?? ''}`),
    );
    expect(reported).toEqual([]);
  }).toPass({ timeout: 120_000 });
}

/** Waits until cards stand where they will stay, before their places are read: the canvas fills its frame anew a moment after a panel beside it has opened or closed. */
export async function viewRests(page: Page): Promise<void> {
  const places = (): Promise<string> =>
    page
      .locator('article[data-testid^=node-]')
      .evaluateAll((cards) =>
        JSON.stringify(cards.map((c) => [c.getBoundingClientRect().x, c.getBoundingClientRect().y])),
      );
  let last = await places();
  let since = Date.now();
  await expect
    .poll(
      async () => {
        const now = await places();
        if (now !== last) since = Date.now();
        last = now;
        return Date.now() - since;
      },
      { intervals: [50] },
    )
    .toBeGreaterThan(400);
}

/** A file that was not made in this window opens inert; what is pressed before the host has heard of the trust is refused. */
export async function trustFile(page: Page): Promise<void> {
  await page.getByRole('button', { name: /trust/i }).first().click();
  await expect(page.getByRole('button', { name: 'Trust this file' })).toHaveCount(0);
}

export const shoot = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: `test-results/screens/${name}-${page.viewportSize()?.width ?? 0}.png` });
