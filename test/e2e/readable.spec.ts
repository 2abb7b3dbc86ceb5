import { expect, test } from './app.ts';
import { fitAll, runEnds } from './window.ts';

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
  await fitAll(page);
  await expect(page.locator('[aria-live=polite]', { hasText: /^All 11 nodes at \d+ %$/ })).toHaveCount(1);
});
