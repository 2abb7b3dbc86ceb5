import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { card, runEnds, trustFile } from './window.ts';

const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Churn',
    nodes: {
      rows: { kind: 'read.csv', version: 1, params: { file: 'churn.csv' } },
      split: { kind: 'split.rows', version: 1, params: { target: 'left' } },
      train: { kind: 'train.logistic-regression', version: 1, params: {} },
      judge: { kind: 'evaluate.model', version: 1, params: {} },
    },
    wires: [
      'rows.rows -> split.rows',
      'split.rows -> train.rows',
      'train.model -> judge.model',
      'split.rows -> judge.rows',
    ],
    layout: { rows: [0, 0], split: [280, 0], train: [560, 0], judge: [840, 0] },
  }),
);

test('the positive class stands beside its figures, is changed there, and the next run has its figures', async ({
  page,
  workspace,
}) => {
  // "gone" is the rarer one, and the earlier by the alphabet.
  const rows = Array.from({ length: 120 }, (_, i) => `${(i * 37) % 101},${i % 4 === 0 ? 'gone' : 'here'}`);
  await writeFile(join(workspace, 'churn.csv'), `spent,left\n${rows.join('\n')}\n`);
  await writeFile(join(workspace, 'churn.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('churn.pipeline.json').click();
  await card(page, 'judge').waitFor();
  await trustFile(page);
  await card(page, 'judge').click();
  await page.keyboard.press('Control+Shift+Enter');
  await runEnds(page);
  const choice = page.getByRole('button', { name: /Positive class/ }).filter({ hasText: /automatic|here/ });
  await expect(choice).toContainText('gone');
  await choice.click();
  await page.getByRole('option', { name: /here/ }).click();
  await expect(page.getByText('measured with another choice: run again')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByTestId('run').click();
  await expect(page.getByText('measured with another choice: run again')).toHaveCount(0);
  await expect(choice).toContainText('here');
});
