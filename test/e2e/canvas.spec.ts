import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { journalHolds } from './journal.ts';
import { addAfter, card, expectAccessible, fitAll, statesOf, viewRests } from './window.ts';

test.beforeEach(async ({ page }) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  for (const kind of ['filter', 'split']) await addAfter(page, kind);
  await fitAll(page);
  await expect(page.locator('article[data-testid^=node-]')).toHaveCount(3);
});

test('everything can be undone to the empty canvas, and done again @later', async ({ page }) => {
  const before = await statesOf(page);
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
  await expect(page.getByText('Press / or double-click to add a node')).toBeVisible();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => Object.keys(await statesOf(page))).toEqual(Object.keys(before));
});

test('deleting a node in the middle closes the gap', async ({ page }) => {
  await card(page, 'filter-rows').click();
  await page.keyboard.press('Delete');
  await expect(page.locator('.react-flow__edge')).toHaveCount(1);
  await expect(page.locator('.react-flow__edge')).toHaveAttribute('data-id', 'example-data.rows -> split.rows');
});

test('a wire that would make a loop is refused with its reason', async ({ page }) => {
  await viewRests(page);
  const from = await page.locator('[data-port="split.rows"][data-side=output]').boundingBox();
  const to = await page.locator('[data-port="filter-rows.rows"][data-side=input]').boundingBox();
  if (from === null || to === null) throw new Error('a port is not on the screen');
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  // Said as long as the wire is held there.
  await expect(page.getByText(/This would make a loop/).first()).toBeVisible();
  await page.mouse.up();
  await expect(page.locator('.react-flow__edge')).toHaveCount(2);
});

test('nothing moves under a hand: a window of another size is filled anew once the button is released @later', async ({
  page,
}) => {
  await viewRests(page);
  const place = async (): Promise<unknown> => (await card(page, 'example-data').boundingBox()) ?? 'none';
  const before = await place();
  const from = await page.locator('[data-port="split.rows"][data-side=output]').boundingBox();
  await page.mouse.move((from?.x ?? 0) + 4, (from?.y ?? 0) + 4);
  await page.mouse.down();
  await page.mouse.move((from?.x ?? 0) + 40, (from?.y ?? 0) + 60, { steps: 4 });
  await page.setViewportSize({ width: 1440, height: 760 });
  await viewRests(page);
  expect(await place()).toEqual(before);
  await page.mouse.up();
  await expect.poll(place).not.toEqual(before);
});

test('arrow keys walk along the wires and say where they are', async ({ page }) => {
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(card(page, 'filter-rows')).toHaveAttribute('data-selected', 'true');
  await expect(page.locator('[aria-live=polite]', { hasText: 'Filter rows' })).toHaveCount(1);
});

test('a saved pipeline comes back with its work after the window was closed', async ({ page, workspace }) => {
  await page.keyboard.press('Control+s');
  await page.getByRole('textbox', { name: 'File' }).fill('by-hand');
  await page.keyboard.press('Enter');
  // Beside the message, which goes, a line that stays.
  await expect(page.getByText(/^Saved /).first()).toBeVisible();
  await expect.poll(() => existsSync(join(workspace, 'by-hand.pipeline.json'))).toBe(true);
  await card(page, 'filter-rows').click();
  await page.keyboard.press('d');
  await expect(card(page, 'filter-rows')).toHaveAttribute('data-state', 'disabled');
  await journalHolds(workspace, '"disabled":true');
  await page.reload();
  await expect(card(page, 'filter-rows')).toHaveAttribute('data-state', 'disabled');
});

test('the keys, the command search and the menus are reachable by everyone @dark', async ({ page }) => {
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog', { name: 'Search or run a command' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await expectAccessible(page);
  // A key is given to something else where it stands; one that is taken is not.
  const tidy = page.getByRole('button', { name: /^Key of Tidy up/ });
  await tidy.click();
  await page.keyboard.press('Control+k');
  await expect(page.getByText(/is the key of “Search or run a command”/)).toBeVisible();
  await page.keyboard.press('F7');
  await expect(tidy).toHaveText('F7');
  await page.getByRole('button', { name: 'All keys as they were' }).click();
  await expect(tidy).toHaveText('Shift T');
});

test('nodes are held together by a frame that has a title and a colour, moves them, and goes by undo @later', async ({
  page,
}) => {
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+g');
  await page.getByRole('textbox', { name: 'Rename the group' }).fill('Make ready');
  await page.keyboard.press('Enter');
  const frame = page.getByRole('region', { name: 'Group Make ready' });
  await expect(frame).toBeVisible();
  await page.keyboard.press('0');
  await page.getByRole('button', { name: 'Menu of the group Make ready' }).click();
  await page.getByRole('menuitem', { name: 'Violet' }).click();
  await viewRests(page);
  const before = await card(page, 'split').boundingBox();
  const head = await page.getByText('Make ready').boundingBox();
  if (head === null || before === null) throw new Error('the frame is not on the screen');
  await page.mouse.move(head.x + 4, head.y + 4);
  await page.mouse.down();
  await page.mouse.move(head.x + 4, head.y + 104, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => Math.round(((await card(page, 'split').boundingBox())?.y ?? 0) - before.y)).toBe(100);
  await expectAccessible(page);
  await page.getByTestId('canvas').focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+z');
  await expect(page.getByRole('region', { name: 'Group Group' })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('region', { name: /^Group/ })).toHaveCount(0);
  await expect(page.locator('article[data-testid^=node-]')).toHaveCount(3);
});
