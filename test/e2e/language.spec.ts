import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { expect, test } from './app.ts';
import { card, expectAccessible, runEnds, shoot, trustFile } from './window.ts';

const pipeline = parsePipeline(
  JSON.stringify({
    flowyard: 1,
    title: 'Assistant',
    parameters: {},
    nodes: {
      model: {
        kind: 'language.model',
        version: 1,
        params: { file: 'models/tiny.gguf', name: 'helper', contextTokens: 1024, gpuLayers: 0 },
      },
      serve: { kind: 'deploy.language', version: 1, params: { name: 'assistant' } },
    },
    wires: ['model.llm -> serve.llm'],
    groups: {},
    notes: {},
    layout: { model: [0, 0], serve: [280, 0] },
  }),
);

test('a model is added, prompts are compared, a served model is chatted with, by pointer alone @dark', async ({
  page,
  workspace,
}) => {
  writeTinyGguf(join(workspace, 'tiny.gguf'), { name: 'Tiny model' });
  await page.getByRole('button', { name: 'Language models' }).click();
  await expect(page.getByText('No language model yet')).toBeVisible();
  await shoot(page, 'language-empty');
  await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByLabel('File or folder').fill(join(workspace, 'tiny.gguf'));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Tiny model' })).toBeVisible();
  await expect(page.getByText('apache-2.0')).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'language-files');

  await page.getByText('Playground', { exact: true }).click();
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  await page.getByRole('menuitem', { name: /Tiny model/ }).click();
  await page.getByRole('button', { name: 'Prompt', exact: true }).click();
  await page.getByRole('group', { name: 'Prompt B' }).getByLabel('System').fill('Answer with one word.');
  await page.getByRole('button', { name: 'Ask 4 times' }).click();
  await expect(page.getByRole('button', { name: 'All answered' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/tok\/s/)).toHaveCount(4);
  await page.getByRole('group', { name: 'Prompt B' }).getByLabel('System').fill('Answer with two words.');
  await expect(page.getByText('prompt changed since')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Ask 2 times' })).toBeVisible();
  await expectAccessible(page);
  await shoot(page, 'language-playground');

  const chat = page.getByRole('complementary', { name: 'Chat' });
  await chat.getByRole('textbox').fill('Hello, who are you?');
  await chat.getByRole('button', { name: 'Send' }).click();
  await expect(chat.getByText(/to the first word/)).toBeVisible({ timeout: 60_000 });

  await mkdir(join(workspace, 'models'), { recursive: true });
  await cp(join(workspace, 'tiny.gguf'), join(workspace, 'models', 'tiny.gguf'));
  await writeFile(join(workspace, 'assistant.pipeline.json'), formatPipeline(pipeline));
  await page.keyboard.press('Control+Shift+o');
  await page.getByRole('dialog').getByText('assistant.pipeline.json').click();
  await card(page, 'serve').waitFor();
  await trustFile(page);
  await page.keyboard.press('Control+Enter');
  await runEnds(page);
  await page.getByRole('button', { name: 'Services' }).click();
  await expect(page.getByText('Running').first()).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await shoot(page, 'language-service');
  await page.getByRole('button', { name: 'Chat with it' }).click();
  await chat.getByRole('button', { name: 'New chat' }).click();
  await chat.getByRole('button', { name: /Choose a model|Tiny model/ }).click();
  await page.getByRole('option', { name: /helper.*assistant/ }).click();
  await chat.getByRole('textbox').fill('And now?');
  await page.keyboard.press('Enter');
  await expect(chat.getByText(/to the first word/)).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await shoot(page, 'language-chat');
});
