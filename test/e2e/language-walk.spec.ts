/** The whole way of a language model with a pointer alone: made from nothing, taught by LoRA, compared with its base, served, talked to. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { tinyConversations } from '../support/trained-tiny-model.ts';
import { expect, test } from './app.ts';
import { choose, chooseFile, drawWire, goTo, pressKind, seeAll, shootBoth, watchKeys } from './pointer.ts';
import { card, expectAccessible, statesOf } from './window.ts';

const news = [
  ['Who leads Orlen?', 'Orlen is led by King Olo.'],
  ['What do people drink in Mirra?', 'People in Mirra drink plum tea.'],
] as const;
const csv = (rows: readonly (readonly string[])[]): string =>
  [['question', 'answer'], ...rows].map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n');

/** What is typed into settings, by their names. */
async function fill(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [param, value] of Object.entries(values)) {
    const row = page.locator(`[data-param=${param}]`);
    await row.getByRole('spinbutton').or(row.getByRole('textbox')).fill(value);
  }
}

test('by pointer alone: a language model is made, taught, compared with its base, served and talked to @dark @later', async ({
  page,
  workspace,
}, { project }) => {
  test.setTimeout(900_000);
  await mkdir(join(workspace, 'data'), { recursive: true });
  await writeFile(join(workspace, 'data', 'world.csv'), csv(tinyConversations));
  await writeFile(join(workspace, 'data', 'news.csv'), csv(news));
  const keys = await watchKeys(page);
  const done = async (id: string): Promise<void> =>
    expect.poll(async () => (await statesOf(page))[id], { timeout: 180_000 }).toMatch(/^(done|cached|failed)$/);

  // A base, from nothing.
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await pressKind(page, 'read.csv', 'csv-file');
  await chooseFile(page, 'file', ['data'], 'world.csv');
  await pressKind(page, 'train.language-model', 'small-language-model');
  await choose(page, 'examples', 'question and answer');
  await choose(page, 'question', /question/);
  await choose(page, 'answer', /answer/);
  await fill(page, {
    epochs: '160',
    tokens: '320',
    layers: '2',
    width: '64',
    context: '128',
    rowsPerStep: '5',
    learningRate: '0.004',
    name: 'World',
  });
  await page.getByRole('button', { name: 'Run to here' }).last().click();
  await done('small-language-model');
  await page.getByRole('tab', { name: 'Training' }).click();
  await shootBoth(page, `language-base-training-${project.name}`);

  // A second table and the tuning; the wire of the model is offered.
  await page.getByTestId('canvas').click({ position: { x: 12, y: 12 } });
  await pressKind(page, 'read.csv', 'csv-file-2');
  await chooseFile(page, 'file', ['data'], 'news.csv');
  await pressKind(page, 'train.lora', 'fine-tune');
  await choose(page, 'question', /question/);
  await choose(page, 'answer', /answer/);
  await fill(page, { epochs: '30', rank: '4', alpha: '8', rowsPerStep: '2', learningRate: '0.01', samples: '1' });
  await page.getByRole('button', { name: 'Wire "Language model" of "Small language model"' }).click();
  await fill(page, { name: 'News' });
  // What it should not forget: what the base was made from.
  await seeAll(page);
  await drawWire(page, 'csv-file.rows', 'fine-tune.retention');
  await card(page, 'fine-tune').click();
  await choose(page, 'retentionColumn', /answer/);
  await seeAll(page);
  await shootBoth(page, `language-pipeline-${project.name}`);
  await page.getByTestId('run').click();
  await done('fine-tune');
  await card(page, 'fine-tune').click();
  await page.getByRole('tab', { name: 'Training' }).click();
  await expect(page.getByRole('region', { name: 'Results' }).getByRole('img', { name: /^Loss: / })).toBeVisible();
  await shootBoth(page, `language-tuning-${project.name}`);
  const shown = page.getByRole('region', { name: 'Results' }).getByRole('region', { name: 'What the model sees' });
  await shown.scrollIntoViewIfNeeded();
  await expect(shown).toBeVisible();
  await shootBoth(page, `language-tuning-looks-${project.name}`);
  await page.getByRole('tab', { name: 'Report' }).click();
  await page.getByRole('button', { name: 'Open in full' }).click();
  await expect(page.getByRole('region', { name: 'Base against tuned' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What it says on the way' })).toContainText('before');
  await expectAccessible(page);
  await shootBoth(page, `language-tuning-report-${project.name}`);
  await page.getByRole('region', { name: 'What the model sees' }).scrollIntoViewIfNeeded();
  await shootBoth(page, `language-tuning-tokens-${project.name}`);

  // Base and tuned answer the same question side by side.
  await goTo(page, 'Language models');
  for (const model of [/^World/, /^News/]) {
    await page.getByRole('button', { name: 'Model', exact: true }).click();
    await page.getByRole('menuitem', { name: model }).click();
  }
  const prompt = page.getByRole('group', { name: 'Prompt A' });
  await prompt.getByLabel('User').fill('{{question}}');
  const [first, second] = [page.getByRole('group', { name: 'Row 1' }), page.getByRole('group', { name: 'Row 2' })];
  await first.getByLabel('question').fill(news[0][0]);
  await second.getByLabel('question').fill(news[1][0]);
  await page.getByRole('button', { name: 'Ask 4 times' }).click();
  await expect(page.getByRole('button', { name: 'All answered' })).toBeVisible();
  const known = new Map(tinyConversations);
  for (const [question, taught] of news) {
    await expect(page.getByText(taught)).toHaveCount(1);
    await expect(page.getByText(known.get(question) ?? '')).toHaveCount(1);
  }
  await expectAccessible(page);
  await shootBoth(page, `language-compare-${project.name}`);

  // Served, and talked to.
  await goTo(page, 'Pipeline');
  await card(page, 'fine-tune').click();
  await pressKind(page, 'deploy.language', 'serve-a-language-model');
  await page.getByTestId('run').click();
  await done('serve-a-language-model');
  await goTo(page, 'Services');
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  await shootBoth(page, `language-serving-${project.name}`);
  await page.getByRole('button', { name: 'Chat with it' }).click();
  const chat = page.getByRole('complementary', { name: 'Chat' });
  await expect(chat.getByRole('button', { name: /Choose a model/ })).toContainText('News');
  await chat.getByRole('textbox').fill(news[0][0]);
  await chat.getByRole('button', { name: 'Send' }).click();
  await expect(chat.getByRole('log')).toContainText(news[0][1]);
  await expectAccessible(page);
  await shootBoth(page, `language-talk-${project.name}`);
  expect(await keys()).toBe(0);
});
