import { expect, test } from './app.ts';
import { card, expectAccessible, runEnds, shoot } from './window.ts';

test('a training is played step by step, and what networks compute on is told @dark @later', async ({ page }, {
  project,
}) => {
  await page.getByTestId('example-gradient-descent').getByRole('button').click();
  await runEnds(page);
  await card(page, 'steps').click();
  await page.getByRole('tab', { name: 'Report' }).click();
  await page.getByRole('button', { name: 'Open in full' }).click();
  const player = page.getByRole('region', { name: 'The plane while it learns' });
  await expect(player).toContainText(/epoch 1, loss/);
  await expect(player.getByRole('img', { name: /What the network answers/ })).toBeVisible();
  await player.getByRole('slider').press('End');
  await expect(player).toContainText(/epoch 30, loss/);
  await expectAccessible(page);
  await shoot(page, `lesson-${project.name}`);
  await player.getByRole('button', { name: 'The moment before' }).click();
  await player.getByRole('button', { name: 'Play' }).click();
  await expect(player).toContainText(/epoch 30, loss/);

  await page
    .getByRole('contentinfo')
    .getByRole('button', { name: /threads|GPU|NVIDIA|AMD/ })
    .click();
  await expect(page.getByRole('dialog')).toContainText('What networks compute on');
  await expect(page.getByRole('row', { name: /Processor/ })).toContainText('works');
  await expectAccessible(page);
  await shoot(page, `devices-${project.name}`);
});
