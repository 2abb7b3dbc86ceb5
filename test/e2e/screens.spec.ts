import { expect } from '@playwright/test';
import { test } from './app.ts';
import { card, expectAccessible, fitAll, runEnds, shoot } from './window.ts';

/** As a person who enlarges the page to 200 % sees a window of 1440 × 900. */
const enlarged = { width: 720, height: 450 };
const screens = ['Start', 'Pipeline', 'Runs', 'Models', 'Language models', 'Services', 'Remotes'];

test('every screen can be used in light, in dark, in forced colours, and enlarged to 200 % @later', async ({
  page,
}) => {
  await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).click();
  await runEnds(page);
  await fitAll(page);
  await card(page, 'evaluate-boosting').click();
  const places = page.getByRole('navigation', { name: 'Sections' });
  const eachScreen = async (name: string, judge: (screen: string) => Promise<void>): Promise<void> => {
    for (const screen of screens) {
      await places.getByRole('button', { name: screen, exact: true }).click();
      await test.step(`${screen}, ${name}`, () => judge(screen));
      await shoot(page, `screen-${screen.toLowerCase().replaceAll(' ', '-')}-${name}`);
    }
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await eachScreen(colorScheme, () => expectAccessible(page));
  }
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  await eachScreen('forced-colors', () => expectAccessible(page));
  await page.emulateMedia({ forcedColors: 'none' });
  await page.setViewportSize(enlarged);
  await eachScreen('enlarged', async (screen) => {
    await expectAccessible(page);
    const { wide, room } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      room: innerWidth,
    }));
    expect(wide, `${screen} is as wide as the window`).toBeLessThanOrEqual(room);
    for (const place of await places.getByRole('button').all()) await expect(place).toBeInViewport();
  });
});
