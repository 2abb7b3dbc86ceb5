import { openSpokenEndpoint } from '../support/spoken-endpoint.ts';
import { expect, test } from './app.ts';
import { choose, goTo, pressKind, seeAll, shootBoth, watchKeys } from './pointer.ts';
import { card, expectAccessible, runEnds } from './window.ts';

test('by pointer alone: a chat that answers from documents shows its sources, and what it cites wrongly @dark @later', async ({
  page,
}, { project }) => {
  await using endpoint = await openSpokenEndpoint('The first ferry leaves at seven [1]. Dogs are free [9].');
  const keys = await watchKeys(page);
  await page.getByRole('button', { name: /Blank pipeline/ }).click();
  await pressKind(page, 'read.documents', 'documents');
  await choose(page, 'from', /handbook/);
  await pressKind(page, 'language.chunk', 'chunk-texts');
  await pressKind(page, 'language.documents', 'answer-from-documents');
  await choose(page, 'passage', /^text /);
  await choose(page, 'source', /^path /);
  await page.getByTestId('canvas').click({ position: { x: 12, y: 12 } });
  await pressKind(page, 'language.endpoint', 'language-endpoint');
  await page.locator('[data-param=url]').getByRole('textbox').fill(endpoint.url);
  await page.locator('[data-param=model]').getByRole('textbox').fill('spoken');
  await page.locator('[data-param=name]').getByRole('textbox').fill('Guide');
  await seeAll(page);
  await card(page, 'answer-from-documents').click();
  await page.getByRole('button', { name: 'Wire "Language model" of "Language endpoint"' }).click();
  await pressKind(page, 'deploy.language', 'serve-a-language-model');
  await seeAll(page);
  await shootBoth(page, `documents-pipeline-${project.name}`);
  await page.getByTestId('run').click();
  await runEnds(page);
  await goTo(page, 'Services');
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Chat with it' }).click();
  const chat = page.getByRole('complementary', { name: 'Chat' });
  await expect(chat.getByRole('button', { name: /Choose a model/ })).toContainText('Guide with documents');
  await chat.getByRole('textbox').fill('When does the first ferry leave the island?');
  await chat.getByRole('button', { name: 'Send' }).click();
  const sources = chat.getByRole('list', { name: 'Sources' });
  await expect(sources.getByRole('listitem')).toHaveCount(1);
  await expect(sources).toContainText(/ferry/i);
  await expect(chat.getByText('1 citation of nothing')).toBeVisible();
  await expect(chat.getByText('3 more passages were shown to it')).toBeVisible();
  expect(JSON.stringify(endpoint.asked[0])).toContain('Question: When does the first ferry leave the island?');
  await expectAccessible(page);
  await shootBoth(page, `documents-chat-${project.name}`);
  expect(await keys()).toBe(0);
});
