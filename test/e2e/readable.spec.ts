import { expect, test } from './app.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { card, fitAll, runEnds, trustFile } from './window.ts';

/** Letters as they stand on the screen, texts that are cut, cards on each other, wires behind cards, and cards that are out of sight. */
const look = () => {
  const canvas = document.querySelector('[data-testid=canvas]');
  const frame = canvas?.getBoundingClientRect();
  const viewport = document.querySelector('.react-flow__viewport');
  const zoom = viewport === null ? 1 : new DOMMatrix(getComputedStyle(viewport).transform).a;
  const cards = [...document.querySelectorAll<HTMLElement>('article[data-testid^=node-]')];
  const boxes = cards.map((card) => card.getBoundingClientRect());
  const shown = (element: Element): boolean =>
    element.closest('.visually-hidden') === null && element.checkVisibility();
  const letters = cards.flatMap((card) =>
    [...card.querySelectorAll('b, p, span')]
      .filter((e) => e.childElementCount === 0 && (e.textContent ?? '').trim() !== '' && shown(e))
      .filter((e) => Number(getComputedStyle(e).opacity) > 0)
      .map((e) => Number.parseFloat(getComputedStyle(e).fontSize) * zoom),
  );
  const cut = cards.flatMap((card) =>
    [...card.querySelectorAll<HTMLElement>('header b')]
      .filter((b) => b.scrollWidth > b.clientWidth)
      .map((b) => b.textContent),
  );
  const covered = boxes.filter((a, i) =>
    boxes.some((b, j) => j < i && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom),
  ).length;
  let behind = 0;
  for (const path of document.querySelectorAll<SVGPathElement>('.react-flow__edge path:first-of-type')) {
    const place = path.getScreenCTM();
    const length = path.getTotalLength();
    // Not its ends, which are ports at the edge of a card.
    for (let at = 8; place !== null && at < length - 8; at += 4) {
      const { x, y } = path.getPointAtLength(at).matrixTransform(place);
      if (boxes.some((b) => x > b.left + 3 && x < b.right - 3 && y > b.top + 3 && y < b.bottom - 3)) {
        behind++;
        break;
      }
    }
  }
  const inSight = boxes.filter(
    (b) => frame && b.left >= frame.left && b.right <= frame.right && b.top >= frame.top && b.bottom <= frame.bottom,
  ).length;
  return { cards: cards.length, smallest: Math.min(...letters), cut, covered, behind, inSight };
};

test('an example opens whole and can be read, and a window of another size is filled anew', async ({ page }) => {
  await page.getByTestId('example-penguins').getByRole('button', { name: 'Open and run' }).click();
  await runEnds(page);
  // The run leads to its report; here all of the pipeline counts.
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('Escape');
  for (const [width, height] of [
    [1440, 900],
    [1280, 720],
    [2560, 1440],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(() => page.evaluate(look)).toMatchObject({ cards: 11, inSight: 11, covered: 0, behind: 0 });
    const { smallest, cut } = await page.evaluate(look);
    expect(smallest, `${width} × ${height}`).toBeGreaterThanOrEqual(11);
    // A title with a warning beside it may lose its last letters.
    expect(cut.length, `${width} × ${height}: ${cut.join(', ')}`).toBeLessThanOrEqual(1);
  }
  // 1280 × 720 at 150 %: not all of it, but its beginning.
  await page.setViewportSize({ width: 853, height: 480 });
  await expect.poll(async () => (await page.evaluate(look)).inSight).toBeGreaterThanOrEqual(3);
  // And at 200 %: of the learners that are compared, no words on others.
  await page.setViewportSize({ width: 720, height: 450 });
  await fitAll(page);
  await card(page, 'evaluate-boosting').click();
  const learners = page.getByRole('region', { name: 'Models of this pipeline' });
  await learners.waitFor();
  expect(
    await learners.evaluate((section) => {
      const boxes = [...section.querySelectorAll('li > *')].map((part) => part.getBoundingClientRect());
      const isOn = (a: DOMRect, b: DOMRect): boolean =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      return boxes.filter((a, i) => boxes.some((b, j) => j < i && isOn(a, b))).length;
    }),
  ).toBe(0);
  await page.setViewportSize({ width: 853, height: 480 });
  await fitAll(page);
  await expect(page.locator('[aria-live=polite]', { hasText: /^All 11 nodes at \d+ %$/ })).toHaveCount(1);
});

test('a card that fails is no higher than before, its text is in the inspector, and nothing lies on cards at 1280 × 720 @later', async ({
  page,
  workspace,
}) => {
  const file = {
    flowyard: 1,
    nodes: {
      rows: { kind: 'read.csv', version: 1, params: { file: 'one-class.csv' } },
      split: { kind: 'split.rows', version: 1, params: { target: 'left' } },
      train: { kind: 'train.logistic-regression', version: 1, params: {} },
      below: { kind: 'train.gradient-boosting', version: 1, params: {} },
    },
    wires: ['rows.rows -> split.rows', 'split.rows -> train.rows', 'split.rows -> below.rows'],
    layout: { rows: [0, 0], split: [220, 0], train: [440, 0], below: [440, 120] },
  };
  await writeFile(join(workspace, 'one-class.csv'), `spent,left\n${'10,here\n'.repeat(60)}`);
  await writeFile(join(workspace, 'one.pipeline.json'), formatPipeline(parsePipeline(JSON.stringify(file))));
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('one.pipeline.json').click();
  await card(page, 'train').waitFor();
  await trustFile(page);
  const heightOf = async () => (await card(page, 'train').boundingBox())?.height ?? 0;
  const before = await heightOf();
  await card(page, 'train').click();
  await page.keyboard.press('Control+Shift+Enter');
  await runEnds(page);
  await expect(card(page, 'train')).toHaveAttribute('data-state', 'failed');
  const said = await card(page, 'train').locator('b').last().innerText();
  await expect(page.getByRole('complementary', { name: 'Inspector' }).getByText(said)).toBeVisible();
  await fitAll(page);
  await page.keyboard.press('Control+0');
  expect(await heightOf()).toBeLessThanOrEqual(Math.max(before, 99) + 10);
  await fitAll(page);
  // Tools, legend and messages stand beside the canvas, not on it.
  const canvas = await page.getByTestId('canvas').boundingBox();
  const edge = (canvas?.y ?? 0) + (canvas?.height ?? 0);
  for (const place of [page.getByRole('toolbar', { name: 'Canvas' }), page.getByText('table', { exact: true })])
    expect((await place.first().boundingBox())?.y).toBeGreaterThanOrEqual(edge);
  expect((await page.evaluate(look)).covered).toBe(0);
});
