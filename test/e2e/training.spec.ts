import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { card, expectAccessible, runEnds, shoot, statesOf, trustFile } from './window.ts';

/** So many rows and trees that nobody has to hurry to press Pause. */
const rows = 60_000;
const noise = (i: number, k: number): number => ((Math.sin(i * 12.9898 + k * 78.233) * 43_758.5453) % 1) * 2;
const csv = `a,b,c,d,e,bought\n${Array.from({ length: rows }, (_, i) => {
  const x = [0, 1, 2, 3, 4].map((k) => noise(i, k));
  const yes = (x[0] ?? 0) * (x[1] ?? 0) + Math.sin(2 * (x[2] ?? 0)) + noise(i, 9) > 0;
  return `${x.map((v) => v.toFixed(4)).join(',')},${yes ? 'yes' : 'no'}`;
}).join('\n')}\n`;

const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Shop',
    nodes: {
      shop: { kind: 'read.csv', version: 1, params: { file: 'shop.csv' } },
      split: { kind: 'split.rows', version: 1, params: { target: 'bought', validationFraction: 0.2 } },
      boosting: {
        kind: 'train.gradient-boosting',
        version: 1,
        params: { trees: 20_000, learningRate: 0.002, patience: 10_000 },
      },
      evaluate: { kind: 'evaluate.classification', version: 1, params: {} },
    },
    wires: [
      'shop.rows -> split.rows',
      'split.rows -> boosting.rows',
      'boosting.model -> evaluate.model',
      'split.rows -> evaluate.rows',
    ],
    layout: { shop: [0, 0], split: [280, 0], boosting: [560, 0], evaluate: [840, 0] },
  }),
);

test('a training is watched, paused, found paused in a new window, resumed and ended with its best @everywhere @later', async ({
  page,
  workspace,
}, { project }) => {
  const isLarge = !project.name.endsWith('small');
  await writeFile(join(workspace, 'shop.csv'), csv);
  await writeFile(join(workspace, 'shop.pipeline.json'), formatPipeline(pipeline));
  const open = async (): Promise<void> => {
    await page.keyboard.press('Control+Shift+o');
    await page.getByRole('dialog').getByText('shop.pipeline.json').click();
    await card(page, 'boosting').waitFor();
  };
  await open();
  await trustFile(page);
  await page.getByRole('tab', { name: 'Training' }).click();
  await expect(page.getByText('Nothing has been trained yet')).toBeVisible();
  await page.getByTestId('run').click();

  const drawer = page.getByRole('region', { name: 'Results' });
  const pause = drawer.getByRole('button', { name: 'Pause' });
  await expect(pause).toBeVisible();
  await expect(drawer.getByRole('img', { name: /^Loss: / })).toBeVisible();
  await expect(drawer).toContainText(/\d+ of 20,000/);
  await expect(drawer).toContainText(/ left/);
  await shoot(page, `training-${project.name}`);
  await pause.click();
  await expect(drawer.getByText('Paused')).toBeVisible();
  await expect.poll(async () => (await statesOf(page))['boosting']).toBe('paused');
  if (isLarge) await expectAccessible(page);
  await shoot(page, `training-paused-${project.name}`);

  // A window that comes later finds it as it is.
  await page.reload();
  await open();
  await expect.poll(async () => (await statesOf(page))['boosting']).toBe('paused');
  await expect(page.getByRole('group', { name: 'Run' }).getByRole('button', { name: 'Resume' })).toBeVisible();
  // What is selected stays in the drawer when the run is over.
  await card(page, 'boosting').click();
  await page.getByRole('tab', { name: 'Training' }).click();
  await drawer.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(async () => (await statesOf(page))['boosting']).toBe('running');
  await drawer.getByRole('button', { name: /Keep best/ }).click();
  await runEnds(page);
  await expect(drawer.getByText('Ended early by hand')).toBeVisible();
  await expect.poll(async () => new Set(Object.values(await statesOf(page)))).toEqual(new Set(['done']));
  await shoot(page, `training-ended-${project.name}`);
});
