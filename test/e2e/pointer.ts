/** A person with a pointer alone: every verb here presses, drags or picks; texts are put into fields without a key that the window could take for a command. */
import { expect, type Locator, type Page } from '@playwright/test';
import { card, shoot, viewRests } from './window.ts';

/** From now on counts keys that reach the window. */
export async function watchKeys(page: Page): Promise<() => Promise<number>> {
  const keys = await page.evaluateHandle(() => {
    const count = { pressed: 0 };
    window.addEventListener('keydown', () => (count.pressed += 1), true);
    return count;
  });
  return () => keys.evaluate(({ pressed }) => pressed);
}

/** Sees all of the pipeline: nothing selected, then the canvas's own button. */
export async function seeAll(page: Page): Promise<void> {
  await page.getByTestId('canvas').click({ position: { x: 12, y: 12 } });
  await page.getByRole('toolbar').getByRole('button', { name: 'Fit' }).click();
}

/** Presses a kind in the palette: it stands beside what is selected, wired where that fits. */
export async function pressKind(page: Page, kind: string, id: string): Promise<void> {
  await page.locator(`[data-kind="${kind}"]`).click();
  await expect(card(page, id)).toBeVisible();
}

/** Draws a wire from port to port. */
export async function drawWire(page: Page, from: string, to: string): Promise<void> {
  await viewRests(page);
  const centre = async (port: Locator): Promise<[number, number]> => {
    const box = await port.boundingBox();
    if (box === null) throw new Error(`a port of ${from} -> ${to} is not on the screen`);
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const start = await centre(page.locator(`[data-port="${from}"][data-side=output]`));
  const end = await centre(page.locator(`[data-port="${to}"][data-side=input]`));
  await page.mouse.move(...start);
  await page.mouse.down();
  await page.mouse.move(...end, { steps: 6 });
  await page.mouse.up();
  await expect(page.locator(`.react-flow__edge[data-id="${from} -> ${to}"]`)).toHaveCount(1);
}

/** Opens a setting's list and presses an entry of it. */
export async function choose(page: Page, param: string, entry: string | RegExp): Promise<void> {
  await page.locator(`[data-param=${param}] [data-field-label] + div`).getByRole('button').last().click();
  await page.getByRole('option', { name: entry }).click();
}

/** Presses a number's step. */
export async function stepNumber(page: Page, param: string, way: 'more' | 'less', times = 1): Promise<void> {
  const step = page.locator(`[data-param=${param}]`).getByRole('button', { name: new RegExp(`: ${way}$`, 'i') });
  for (let i = 0; i < times; i++) await step.click();
}

/** Presses a place of the rail. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: place, exact: true }).click();
}

/** Walks to a file of the workspace and presses it. */
export async function chooseFile(page: Page, param: string, folders: readonly string[], name: string): Promise<void> {
  await page.locator(`[data-param=${param}]`).getByRole('button', { name: 'Choose a file' }).click();
  for (const folder of folders) await page.getByRole('button', { name: `Open ${folder}`, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name }).click();
  await expect(page.locator(`[data-param=${param}]`).getByRole('textbox')).toHaveValue([...folders, name].join('/'));
}

/** A picture in a large window, and one in a small one. */
export async function shootBoth(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  const size = page.viewportSize() ?? { width: 1440, height: 900 };
  await page.setViewportSize({ width: 1280, height: 720 });
  await shoot(page, name);
  await page.setViewportSize(size);
}
