export const steps = {
  async last(page) {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+End');
    await page.waitForTimeout(300);
  },
  async select(page) {
    await page.getByRole('grid').focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Control+c');
    await page.waitForTimeout(200);
  },
  async wheel(page) {
    await page.mouse.move(300, 200);
    await page.mouse.wheel(0, 24 * 50);
    await page.waitForTimeout(300);
  },
  async long(page) {
    await page.getByRole('grid').focus();
    for (let i = 0; i < 7; i++) await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(200);
  },
  async menu(page) {
    await page.getByRole('columnheader').nth(3).hover();
    await page.getByRole('button', { name: /Column plan/ }).click({ force: true }).catch((e) => console.log(String(e)));
    await page.waitForTimeout(300);
  },
};
