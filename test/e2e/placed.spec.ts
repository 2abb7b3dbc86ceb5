import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { card, expectAccessible, fitAll, runEnds, shoot, trustFile } from './window.ts';

const root = join(import.meta.dirname, '..', '..');
const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Visits',
    nodes: {
      visits: { kind: 'read.csv', version: 1, params: { file: 'visits.csv' } },
      wards: {
        kind: 'combine.aggregate',
        version: 1,
        params: { by: ['ward'], aggregates: [{ function: 'mean', column: 'dose' }] },
      },
      sorted: {
        kind: 'combine.sort',
        version: 1,
        params: { keys: [{ column: 'mean_dose' }] },
        place: { target: 'lab' },
      },
      many: { kind: 'clean.filter', version: 1, params: { expression: 'mean_dose > 0' } },
    },
    wires: ['visits.rows -> wards.rows', 'wards.rows -> sorted.rows', 'sorted.rows -> many.rows'],
    layout: { visits: [0, 0], wards: [280, 0], sorted: [560, 0], many: [840, 0] },
  }),
);

test('a placed node: what goes there and comes back stands on the wires; the run computes the rest here @later', async ({
  page,
  workspace,
}) => {
  const visits = Array.from({ length: 20_000 }, (_, i) => `${i % 12},${(i * 7919) % 997}`);
  await writeFile(join(workspace, 'visits.csv'), `ward,dose\n${visits.join('\n')}\n`);
  const place = ['--option', `root=${join(workspace, 'their root')}`, '--option', 'look=0.2', '--workspace', workspace];
  const adding = spawn(process.execPath, ['cli/main.ts', 'remotes', 'add', 'lab', '--kind', 'local', ...place], {
    cwd: root,
    stdio: 'inherit',
  });
  expect(await once(adding, 'exit')).toEqual([0, null]);
  await writeFile(join(workspace, 'visits.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('visits.pipeline.json').click();
  await card(page, 'many').waitFor();
  await trustFile(page);
  await fitAll(page);

  const moves = page.getByTestId('wire-move');
  await expect(moves.filter({ hasText: /^↑~[\d.]+ k?B$/ })).toHaveCount(1);
  await expect(moves.filter({ hasText: /^↓~[\d.]+ k?B$/ })).toHaveCount(1);
  await page.getByTestId('run').focus();
  await expect(page.getByRole('tooltip')).toContainText(/to lab, about [\d.]+ k?B back/);
  await shoot(page, 'placed-plan');
  await page.keyboard.press('Control+Shift+Enter');
  await runEnds(page);
  await expect(card(page, 'many')).toHaveAttribute('data-state', /done|fresh/);
  // Made and kept: nothing has to move any more.
  await expect(moves).toHaveCount(0);
  await card(page, 'sorted').click();
  await page.getByRole('tab', { name: 'Notes' }).click();
  const parts = page.getByRole('textbox', { name: 'Rows in parts' });
  await parts.fill('3');
  await parts.press('Tab');
  await page.keyboard.press('Control+s');
  await expect
    .poll(
      async () => parsePipeline(await readFile(join(workspace, 'visits.pipeline.json'), 'utf8')).nodes['sorted']?.place,
    )
    .toEqual({ target: 'lab', partitions: 3 });
  await shoot(page, 'placed-parts');
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'placed-done-dark');
});
