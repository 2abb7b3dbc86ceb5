import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPipeline, parsePipeline } from '../../shared/pipeline/parse.ts';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { expect, test } from './app.ts';
import { goTo, shootBoth, watchKeys } from './pointer.ts';
import { card, expectAccessible, runEnds, trustFile } from './window.ts';

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

test('a model is added, prompts are compared, a served model is chatted with, by pointer alone @dark @later', async ({
  page,
  workspace,
}, { project }) => {
  const keys = await watchKeys(page);
  writeTinyGguf(join(workspace, 'tiny.gguf'), { name: 'Tiny model' });
  await page.getByRole('button', { name: 'Language models' }).click();
  await expect(page.getByText('No language model yet')).toBeVisible();
  await shootBoth(page, `language-empty-${project.name}`);
  await page.getByRole('button', { name: 'Add a model' }).click();
  await page.getByRole('button', { name: 'Choose …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'tiny.gguf' }).click();
  await expect(page.getByLabel('File or folder')).toHaveValue('tiny.gguf');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Tiny model' })).toBeVisible();
  await expect(page.getByText('apache-2.0')).toBeVisible();
  await expectAccessible(page);
  await shootBoth(page, `language-files-${project.name}`);

  await page.getByRole('button', { name: 'Make a node' }).click();
  await expect(card(page, 'language-model')).toContainText('tiny.gguf');
  await goTo(page, 'Language models');
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  await page.getByRole('menuitem', { name: /Tiny model/ }).click();
  await page.getByRole('button', { name: 'Prompt', exact: true }).click();
  await page.getByRole('group', { name: 'Prompt B' }).getByLabel('System').fill('Answer with one word.');
  await page.getByRole('button', { name: 'Ask 4 times' }).click();
  await expect(page.getByRole('button', { name: 'All answered' })).toBeVisible();
  await expect(page.getByText(/tok\/s/)).toHaveCount(4);
  await page.getByRole('group', { name: 'Prompt B' }).getByLabel('System').fill('Answer with two words.');
  await expect(page.getByText('prompt changed since')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Ask 2 times' })).toBeVisible();
  await expectAccessible(page);
  await shootBoth(page, `language-playground-${project.name}`);

  // Answers in a form, by grammar: whatever the model is, they keep it.
  await page.getByRole('button', { name: 'Edit the form of the answer' }).click();
  const form = page.getByRole('dialog', { name: 'Answer must fit' });
  await form.getByRole('button', { name: 'Add a field' }).click();
  await form.getByRole('textbox', { name: /^Name/ }).fill('mood');
  await form.getByRole('button', { name: /Type/ }).click();
  await page.getByRole('option', { name: 'one of' }).click();
  await form.getByRole('textbox', { name: /^Choices/ }).fill('good, bad');
  await expectAccessible(page);
  await shootBoth(page, `language-form-${project.name}`);
  await page.mouse.click(700, 30);
  await expect(form).toHaveCount(0);
  await page.getByRole('button', { name: 'Ask 4 times' }).click();
  await expect(page.getByRole('button', { name: 'All answered' })).toBeVisible();
  await expect(page.getByText('2 of 2 fit')).toHaveCount(2);
  await expect(page.getByRole('definition').filter({ hasText: /^(good|bad)$/ })).toHaveCount(4);

  // A judge beside the answers; one that gives no verdict is told, not scored.
  await page.getByRole('button', { name: 'Edit the judge' }).click();
  const judge = page.getByRole('dialog', { name: 'Judge' });
  await judge.getByRole('button', { name: /Model that judges/ }).click();
  await page.getByRole('option', { name: /Tiny model/ }).click();
  await judge.getByLabel('Rubric').fill('The answer says what the review says.');
  await shootBoth(page, `language-judge-${project.name}`);
  await page.mouse.click(700, 30);
  await expect(judge).toHaveCount(0);
  await page.getByRole('button', { name: 'Judge 4 answers' }).click();
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  await expect(page.getByText(/ ± |The judge gave no verdict/).first()).toBeVisible();
  await expectAccessible(page);
  await shootBoth(page, `language-judged-${project.name}`);

  // What was tried becomes nodes.
  await page.getByRole('group', { name: 'Prompt B' }).getByRole('button', { name: 'Make nodes' }).click();
  await expect(card(page, 'prompt')).toContainText('Is this review good or bad?');
  await expect(card(page, 'generate')).toContainText('mood');
  await shootBoth(page, `language-nodes-${project.name}`);
  await goTo(page, 'Language models');

  const chat = page.getByRole('complementary', { name: 'Chat' });
  await chat.getByRole('textbox').fill('Hello, who are you?');
  await chat.getByRole('button', { name: 'Send' }).click();
  await expect(chat.getByText(/to the first word/)).toBeVisible();

  await mkdir(join(workspace, 'models'), { recursive: true });
  await cp(join(workspace, 'tiny.gguf'), join(workspace, 'models', 'tiny.gguf'));
  await writeFile(join(workspace, 'assistant.pipeline.json'), formatPipeline(pipeline));
  await goTo(page, 'Start');
  await page.getByRole('button', { name: /Open a pipeline/ }).click();
  await page.getByRole('dialog').getByText('assistant.pipeline.json').click();
  await card(page, 'serve').waitFor();
  await trustFile(page);
  await page.getByTestId('run').click();
  await runEnds(page);
  await page.getByRole('button', { name: 'Services' }).click();
  await expect(page.getByText('Running').first()).toBeVisible();
  await expectAccessible(page);
  await shootBoth(page, `language-service-${project.name}`);
  await page.getByRole('button', { name: 'Chat with it' }).click();
  // What was said to another model is not told to this one.
  await expect(chat.getByRole('button', { name: /Choose a model/ })).toContainText('helper');
  await expect(chat.getByText('Ask something')).toBeVisible();
  await chat.getByRole('textbox').fill('And now?');
  await chat.getByRole('button', { name: 'Send' }).click();
  await expect(chat.getByText(/to the first word/)).toBeVisible();
  await expectAccessible(page);
  await shootBoth(page, `language-chat-${project.name}`);
  expect(await keys()).toBe(0);
});
