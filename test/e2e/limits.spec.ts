import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './app.ts';
import { expectAccessible, shoot } from './window.ts';

test('a run’s memory, time and disk are chosen beside Run, hold at once, and are kept with the workspace @dark @later', async ({
  page,
  workspace,
}, { project }) => {
  const pipeline = {
    flowyard: 1,
    nodes: {
      read: { kind: 'read.example' },
      greedy: { kind: 'combine.sql', params: { query: 'SELECT range(1000000000) AS r FROM rows' } },
    },
    wires: ['read.rows -> greedy.rows'],
  };
  await writeFile(join(workspace, 'greedy.pipeline.json'), JSON.stringify(pipeline));
  await page.getByRole('button', { name: /Open a pipeline/ }).click();
  await page.getByRole('dialog').getByText('greedy.pipeline.json').click();
  await page.getByRole('button', { name: 'Trust this file' }).click();
  const button = page.getByRole('button', { name: /^Limits of a run/ });
  await expect(button).toHaveAccessibleName(/Limits of a run: \d+(\.\d)? GB of memory, the default/);
  await button.click();
  const panel = page.getByRole('dialog', { name: 'Limits of a run' });
  const memory = panel.getByRole('textbox', { name: 'Memory' });
  await expect(panel).toContainText(/Default: \d+(\.\d)? GB, half of this machine’s \d+(\.\d)? GB/);
  await expect(memory).toHaveAttribute('placeholder', /^\d+(\.\d)?, the default$/);
  await shoot(page, `limits-default-${project.name}`);
  await memory.fill('9000');
  await memory.press('Enter');
  await expect(panel).toContainText(/Between 0.5 and \d+(\.\d)? GB on this machine\./);
  await expectAccessible(page);
  await shoot(page, `limits-wrong-${project.name}`);
  await memory.fill('0.6');
  await memory.press('Enter');
  await panel.getByRole('textbox', { name: 'Time' }).fill('5');
  await panel.getByRole('textbox', { name: 'Time' }).press('Enter');
  await expect(panel).not.toContainText('Between');
  await shoot(page, `limits-chosen-${project.name}`);
  await page.keyboard.press('Escape');
  await expect(button).toHaveAccessibleName('Limits of a run: 0.6 GB of memory; at most 5 min');
  await page.getByTestId('run').click();
  await expect(page.getByText(/(needs more than 0\.6 GB|needs more memory than)/).first()).toBeVisible();
  await page.reload();
  await expect(button).toHaveAccessibleName('Limits of a run: 0.6 GB of memory; at most 5 min');
  await button.click();
  await panel.getByRole('button', { name: 'Use the defaults' }).click();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(button).toHaveAccessibleName(/the default$/);
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('Limits of a run');
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('textbox', { name: 'Memory' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});
