import type { Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { expect, test } from './app.ts';
import { goTo } from './pointer.ts';
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

async function openChurn(page: Page, workspace: string, spent: (i: number) => number): Promise<void> {
  // "gone" is the rarer one, and the earlier by the alphabet.
  const rows = Array.from({ length: 120 }, (_, i) => `${spent(i)},${i % 4 === 0 ? 'gone' : 'here'}`);
  await writeFile(join(workspace, 'churn.csv'), `spent,left\n${rows.join('\n')}\n`);
  await writeFile(join(workspace, 'churn.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('churn.pipeline.json').click();
  await card(page, 'judge').waitFor();
  await trustFile(page);
  await card(page, 'judge').click();
  await page.keyboard.press('Control+Shift+Enter');
  await runEnds(page);
}

test('a report says whether the model beats the baseline, its figure is on the card, and it is served from there', async ({
  page,
  workspace,
}) => {
  // Who spends little is gone, but for some chance.
  await openChurn(page, workspace, (i) => (i % 4 === 0 ? 10 : 60) + ((i * 37) % 41));
  await expect(page.getByRole('heading', { name: 'Better than the baseline' })).toBeVisible();
  await expect(page.getByText('baseline 0.500').first()).toBeVisible();
  await expect(card(page, 'judge')).toContainText(/\d\.\d{3} Balanced accuracy/);
  await page.getByRole('button', { name: 'Serve this model' }).click();
  await expect(card(page, 'serve-over-http')).toContainText('serve the model as churn');
  // Its report goes on being read.
  await expect(page.getByRole('heading', { name: 'Better than the baseline' })).toBeVisible();
  await goTo(page, 'Services');
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
});

test('Back in the browser leads from a report in full to where it was opened, and Forward to it @later', async ({
  page,
  workspace,
}) => {
  await openChurn(page, workspace, (i) => (i % 4 === 0 ? 10 : 60) + ((i * 37) % 41));
  await page.getByRole('button', { name: 'Open in full' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Evaluation' })).toBeVisible();
  await page.goBack();
  await expect(card(page, 'judge')).toHaveAttribute('data-selected', 'true');
  await expect(page.getByRole('heading', { name: 'Better than the baseline' })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: 'Evaluation' })).toBeVisible();
});

test('the positive class stands beside its figures, is changed there, and the next run has its figures @later', async ({
  page,
  workspace,
}) => {
  await openChurn(page, workspace, (i) => (i * 37) % 101);
  const choice = page.getByRole('button', { name: /Positive class/ }).filter({ hasText: /automatic|here/ });
  await expect(choice).toContainText('gone');
  await choice.click();
  await page.getByRole('option', { name: /here/ }).click();
  await expect(page.getByText('measured with another choice: run again')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByTestId('run').click();
  await expect(page.getByText('measured with another choice: run again')).toHaveCount(0);
  await expect(choice).toContainText('here');

  // Both runs beside each other: the one setting that differs, by its title, with the default that was not written out.
  await goTo(page, 'Runs');
  await page.getByRole('checkbox').nth(0).click({ force: true });
  await page.getByRole('checkbox').nth(1).click({ force: true });
  const differ = page.getByRole('region', { name: 'Nodes, settings and wires that differ' });
  await expect(differ.getByRole('row')).toHaveText([/./, /^Positive class Evaluate.*here.*\(empty\) default$/]);
  // Of the figures and curves, first what differs; all of them by the switch.
  const auc = page.getByRole('region', { name: 'Figures' }).getByRole('row').filter({ hasText: 'ROC AUC' });
  await expect(auc).toHaveCount(0);
  await page.getByText('Only what differs').click();
  await expect(auc).not.toHaveCount(0);
});
