import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, test } from './app.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { goTo } from './pointer.ts';
import { addAfter, expectAccessible, shoot } from './window.ts';

test('a number that a setting cannot have is put right with words beside the field @dark', async ({ page }, {
  project,
}) => {
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await addAfter(page, 'boosted trees');
  const field = (param: string): Locator => page.locator(`[data-param=${param}]`).getByRole('spinbutton');
  await expect(field('trees')).toHaveValue('100');
  await field('trees').fill('30000');
  await expect(field('trees')).toHaveAttribute('aria-invalid', 'true');
  await expect(field('trees')).toHaveAccessibleDescription('At most 20,000: 30000 was typed.');
  await field('learningRate').fill('0.0000001');
  await field('learningRate').press('Enter');
  // Both stand as they hold, and say so after they were left.
  await expect(field('trees')).toHaveValue('20000');
  await expect(field('trees')).toHaveAccessibleDescription('At most 20,000: 30000 was typed.');
  await expect(field('learningRate')).toHaveValue('0.0001');
  await expect(field('learningRate')).toHaveAccessibleDescription('At least 0.0001: 0.0000001 was typed.');
  await expect(page.getByText('At least 0.0001: 0.0000001 was typed.').first()).toBeVisible();
  await expectAccessible(page);
  await shoot(page, `numbers-held-${project.name}`);
  // What is no number leaves what was there, although a number stood in the field on the way.
  await field('trees').fill('12');
  await field('trees').press('Enter');
  await expect(field('trees')).toHaveAccessibleDescription('');
  await field('trees').pressSequentially('many');
  await field('trees').press('Tab');
  await expect(field('trees')).toHaveValue('12');
  await expect(field('trees')).toHaveAccessibleDescription('“12many” is not a number: 12 stays.');
  // A word of another value is not kept when the value comes from elsewhere.
  await page.getByTestId('canvas').focus();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(field('trees')).not.toHaveValue('12');
  await expect(field('trees')).toHaveAccessibleDescription('');
});

test('number fields of dialogs and panels say what they put right, too', async ({ page, workspace }) => {
  writeTinyGguf(join(workspace, 'tiny.gguf'), { name: 'Tiny model' });
  await page.getByRole('button', { name: 'Language models' }).click();
  await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByLabel('File or folder').fill('tiny.gguf');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Tiny model' })).toBeVisible();
  await page.getByRole('button', { name: 'Make a node' }).click();
  await goTo(page, 'Language models');
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  await page.getByRole('menuitem', { name: /Tiny model/ }).click();
  const temperature = page.getByRole('textbox', { name: 'Temperature' });
  await temperature.fill('7');
  await temperature.press('Tab');
  await expect(temperature).toHaveValue('2');
  await expect(temperature).toHaveAccessibleDescription('At most 2: 7 was typed.');
  await temperature.fill('0.27');
  await temperature.press('Enter');
  await expect(temperature).toHaveValue('0.3');
  await expect(temperature).toHaveAccessibleDescription('0.27 was typed, rounded to 0.3.');
  await temperature.pressSequentially('x');
  await expect(temperature).toHaveValue('0.3');
  await expect(temperature).toHaveAccessibleDescription('“0.3x” is not a number: 0.3 stays.');
  await temperature.fill('0.5');
  await temperature.press('Tab');
  await expect(temperature).toHaveAccessibleDescription('');
});
