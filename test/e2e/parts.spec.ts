import { expect, test, type Page, type Route } from '@playwright/test';
import { serveApp, type ServedApp } from '../support/served-app.ts';
import { addAfter, card } from './window.ts';

const isDesktop = process.env['FLOWYARD_E2E'] === 'desktop';
const abort = (route: Route): Promise<void> => route.abort();

/** A window with a pipeline of two nodes, of which nothing is saved. */
async function openWork(page: Page, app: ServedApp): Promise<void> {
  await page.goto(app.url);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'example data');
  await addAfter(page, 'split');
}
const screenOf = (page: Page, name: string) =>
  page.locator('[data-panel=rail]').getByRole('button', { name, exact: true });

test('a part that could not be loaded says so in its place, hides no other screen, and comes by a press @later', async ({
  context,
}) => {
  test.skip(isDesktop, 'the desktop reads its parts from the disk');
  const page = await context.newPage();
  await using app = await serveApp();
  await page.route('**/assets/runs-screen-*.js', abort);
  await openWork(page, app);
  await screenOf(page, 'Runs').click();
  await expect(page.getByText('This part of the window could not be loaded')).toBeVisible();
  await screenOf(page, 'Models').click();
  await expect(page.getByRole('heading', { name: 'Models' })).toBeVisible();
  await screenOf(page, 'Pipeline').click();
  await expect(card(page, 'split')).toBeVisible();
  await screenOf(page, 'Runs').click();
  await expect(page.getByText('This part of the window could not be loaded')).toBeVisible();
  await page.unroute('**/assets/runs-screen-*.js');
  await page.getByRole('button', { name: 'Show it again' }).click();
  await expect(page.getByRole('heading', { name: 'Runs' })).toBeVisible();
  await screenOf(page, 'Pipeline').click();
  await expect(card(page, 'split')).toBeVisible();
});

test('an import that failed although its file had come is asked for by another address @later', async ({ context }) => {
  test.skip(isDesktop, 'the desktop reads its parts from the disk');
  const page = await context.newPage();
  await using app = await serveApp();
  const asked: string[] = [];
  await page.route('**/assets/clusters-screen-*.js*', async (route) => {
    const { search } = new URL(route.request().url());
    asked.push(`${route.request().resourceType()}${search}`);
    await (route.request().resourceType() === 'script' && search === '' ? route.abort() : route.continue());
  });
  await openWork(page, app);
  await screenOf(page, 'Remotes').click();
  await expect(page.getByRole('heading', { name: 'Remotes' })).toBeVisible();
  expect(asked).toContain('script?again=1');
});

test('a dialog that could not be loaded leaves what is behind it, and opens when it is asked for again @later', async ({
  context,
}) => {
  test.skip(isDesktop, 'the desktop reads its parts from the disk');
  const page = await context.newPage();
  await using app = await serveApp();
  await page.route('**/assets/dialogs-*.js', abort);
  await openWork(page, app);
  await page.keyboard.press('Control+k');
  await expect(page.getByText('This part of the window could not be loaded')).toBeVisible();
  await expect(card(page, 'split')).toBeVisible();
  await page.unroute('**/assets/dialogs-*.js');
  await page.getByRole('button', { name: 'Show it again' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
});

test('an update under an open window is told, and loading anew keeps every open pipeline with its steps @later', async ({
  context,
}) => {
  test.skip(isDesktop, 'the desktop is updated as a whole');
  const page = await context.newPage();
  await using app = await serveApp();
  let isUpdated = true;
  // As after a build: the old parts are gone, and the page names another first script.
  await page.route('**/assets/models-screen-*.js', (route) =>
    isUpdated ? route.fulfill({ status: 404 }) : route.continue(),
  );
  await page.route('**/index.html', (route) =>
    isUpdated
      ? route.fulfill({
          contentType: 'text/html',
          body: '<script type="module" src="./assets/index-other.js"></script>',
        })
      : route.continue(),
  );
  let asked = 0;
  page.on('dialog', (dialog) => {
    asked += 1;
    void dialog.accept();
  });
  await openWork(page, app);
  await screenOf(page, 'Models').click();
  await expect(page.getByText('Flowyard was updated while this window was open')).toBeVisible();
  const status = page.getByRole('button', { name: 'Updated: load the window anew' });
  await expect(status).toBeVisible();
  isUpdated = false;
  await status.click();
  await expect(card(page, 'split')).toBeVisible();
  await expect(page.locator('article[data-testid^=node-]')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Updated: load the window anew' })).toBeHidden();
  await expect(page.getByRole('img', { name: 'Unsaved changes' })).toBeVisible();
  expect(asked).toBe(0);
});
