/** From the first screen to an answer of one's own model, with the pointer alone: what the measurement and the walk of the window both do. */
import { stripVTControlCharacters } from 'node:util';
import { expect, type Locator, type Page } from '@playwright/test';
import type { OwnCsv } from './own-csvs.ts';

export interface StepResult {
  step: string;
  ok: boolean;
  ms: number;
  /** Presses, and files picked in the system's dialog, in this step. */
  pointerActions: number;
  /** What was seen, or what was wrong. */
  saw: string;
}
export interface Hand {
  press: (place: Locator) => Promise<void>;
  /** Opens the system's dialog by this press and picks the file in it: a press each. */
  pick: (place: Locator, path: string) => Promise<void>;
}
/** @returns what was seen; throws where the step is not what it ought to be */
export type Step = (hand: Hand) => Promise<string>;

/** Does one step after another and tells each; after one that failed the others are not tried. */
export async function walk(
  page: Page,
  steps: Readonly<Record<string, Step>>,
  notify: (result: StepResult) => void,
): Promise<boolean> {
  for (const [step, take] of Object.entries(steps)) {
    let pointerActions = 0;
    const hand: Hand = {
      press: async (place) => {
        await place.click();
        pointerActions += 1;
      },
      pick: async (place, path) => {
        const asked = page.waitForEvent('filechooser');
        await hand.press(place);
        await (await asked).setFiles(path);
        pointerActions += 1;
      },
    };
    const startedMs = performance.now();
    const result = await take(hand).then(
      (saw) => ({ ok: true, saw }),
      (thrown: unknown) => ({ ok: false, saw: plain(thrown) }),
    );
    notify({ step, ...result, ms: Math.round(performance.now() - startedMs), pointerActions });
    if (!result.ok) return false;
  }
  return true;
}

const plain = (thrown: unknown): string =>
  stripVTControlCharacters(thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 600);

const textOf = async (place: Locator): Promise<string> => (await place.innerText()).replaceAll(/\s+/g, ' ').trim();

/** @param path of the table, somewhere on this computer */
export const fromCsvToService = (page: Page, own: OwnCsv, path: string): Readonly<Record<string, Step>> => {
  const dialog = page.getByRole('dialog');
  const columns = dialog.getByRole('radiogroup', { name: 'Column to predict' });
  return {
    'open a table of one’s own': async ({ pick }) => {
      await pick(page.getByRole('button', { name: /^Open a CSV/ }), path);
      await expect(dialog.getByRole('heading', { name: 'What should be predicted?' })).toBeVisible();
      return own.about;
    },
    'what the file holds is said': async () => {
      const says = dialog.getByText(`${own.file}:`);
      await expect(says).toContainText(`${own.rows.toLocaleString('en-US')} rows, ${own.columns} columns:`);
      return textOf(says);
    },
    'each column is shown': async () => {
      await expect(columns.getByRole('radio')).toHaveCount(own.columns);
      // A picture of what it holds, and its range, values or gaps in words.
      await expect(columns.locator('label', { hasText: ' · ' })).toHaveCount(own.columns);
      return (await columns.locator('label').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ')).join('; ');
    },
    'the column to predict is proposed, with reasons': async () => {
      await expect(columns.getByRole('radio', { name: own.target, exact: true })).toBeChecked();
      const reasons = dialog.getByTestId('target-reasons');
      await expect(reasons).toContainText('Proposed');
      await expect(reasons).toContainText(own.task === 'regression' ? 'A number from' : 'classes are learnt');
      if (own.id !== undefined) await expect(reasons).toContainText(`“${own.id}” has a value of its own in each row`);
      return textOf(reasons);
    },
    'build and run': async ({ press }) => {
      await press(dialog.getByRole('button', { name: 'Build and run' }));
      const end = page.getByText(/^Run finished in|^The run failed/).first();
      await expect(end).toBeVisible({ timeout: 120_000 });
      const said = await textOf(end);
      if (!said.startsWith('Run finished')) throw new Error(said);
      return said;
    },
    'the learners are compared': async () => {
      const learners = page.getByRole('region', { name: 'Models of this pipeline' });
      await expect(learners.getByRole('listitem')).toHaveCount(2);
      return textOf(learners);
    },
    'the report says whether the model is any good': async () => {
      const verdict = page.getByRole('heading', { name: /baseline/ }).first();
      await expect(verdict).toBeVisible();
      if (own.rarer !== undefined)
        await expect(page.getByRole('button', { name: /Positive class/ }).first()).toContainText(own.rarer);
      return textOf(verdict);
    },
    'the better one is served': async ({ press }) => {
      await press(page.getByRole('button', { name: 'Serve the better one' }));
      const served = page.getByText(/is served$/);
      await expect(served).toBeVisible({ timeout: 60_000 });
      return textOf(served);
    },
    'its service is there': async ({ press }) => {
      await press(page.getByRole('button', { name: 'Try it' }));
      await expect(page.getByText('Running', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
      return textOf(page.getByText(/http:\/\/127\.0\.0\.1:\d+$/).first());
    },
    'it answers': async ({ press }) => {
      await press(page.getByRole('button', { name: 'Send' }));
      const answer = page.getByLabel('Answer', { exact: true });
      await expect(answer).toContainText(/^Answer\s*200/);
      return textOf(answer);
    },
  };
};

/** In a workspace without anything: each place says what is to be done next, and offers it. */
export const emptyPlaces = (page: Page): Readonly<Record<string, Step>> => {
  const nextSteps: Readonly<Record<string, readonly RegExp[]>> = {
    Runs: [/^Open a CSV$/, /^Run the example/],
    Models: [/^Open a CSV$/, /^Run the example/],
    Services: [/^Open a CSV$/, /^Run the example/],
    'Language models': [/^Add a model$/, /^Make a small one here$/, /^Use an endpoint$/],
  };
  return Object.fromEntries(
    Object.entries(nextSteps).map(([place, offers]): [string, Step] => [
      `${place}, still empty, offers the next step`,
      async ({ press }) => {
        await press(page.getByRole('navigation').getByRole('button', { name: place, exact: true }));
        const main = page.locator('main, [data-panel=main]').last();
        for (const name of offers) await expect(page.getByRole('button', { name }).last()).toBeVisible();
        return textOf(main);
      },
    ]),
  );
};

/** Letters of the cards, as large as they stand on the screen. */
const smallestLetters = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const viewport = document.querySelector('.react-flow__viewport');
    const zoom = viewport === null ? 1 : new DOMMatrix(getComputedStyle(viewport).transform).a;
    const letters = [...document.querySelectorAll('article[data-testid^=node-] :is(b, p, span)')].filter(
      (e) => e.childElementCount === 0 && (e.textContent ?? '').trim() !== '' && e.closest('.visually-hidden') === null,
    );
    return Math.min(...letters.map((e) => Number.parseFloat(getComputedStyle(e).fontSize) * zoom));
  });

/** Of two classes the one that figures are about, which is chosen where they stand. */
const otherPositiveClass = (page: Page, rarer: string): Readonly<Record<string, Step>> => ({
  'the other class is made the positive one, and the next run has its figures': async ({ press }) => {
    const judged = page.locator('article[data-testid^=node-]').filter({ hasText: /Balanced acc/ });
    await press(judged.last());
    const choice = page.getByRole('button', { name: /Positive class/ }).first();
    await expect(choice).toContainText(rarer);
    const recall = page
      .getByRole('row')
      .filter({ hasText: /^Recall/ })
      .first();
    const before = await textOf(recall);
    await press(choice);
    await press(
      page
        .getByRole('option')
        .filter({ hasNotText: rarer })
        .filter({ hasNotText: /automatic/i })
        .first(),
    );
    const stale = page.getByText('measured with another choice: run again');
    await expect(stale).toBeVisible();
    await page.keyboard.press('Escape');
    const run = page.getByTestId('run');
    await press(run);
    await expect(stale).toHaveCount(0, { timeout: 120_000 });
    await expect(choice).not.toContainText(rarer);
    const after = await textOf(recall);
    if (after === before) throw new Error(`the figure is as before: ${before}`);
    return `${before}; then ${after}`;
  },
});

/** What follows the first answer: the pipeline can be read, everyday words find a node, and the work is saved and found again. */
export const afterwards = (page: Page, own: OwnCsv): Readonly<Record<string, Step>> => ({
  'the pipeline can be read': async ({ press }) => {
    await press(page.getByRole('navigation').getByRole('button', { name: 'Pipeline', exact: true }));
    await expect(page.getByTestId('canvas').locator('article').first()).toBeVisible();
    // Once the view has come to rest.
    await expect.poll(() => smallestLetters(page)).toBeGreaterThanOrEqual(11);
    const smallest = await smallestLetters(page);
    return `letters of ${smallest.toFixed(1)} px and larger`;
  },
  'everyday words find a node': async () => {
    const find = page.getByRole('searchbox', { name: 'Find a node' });
    await find.fill('drop nulls');
    const first = page.getByRole('complementary', { name: 'Nodes' }).locator('[data-kind]').first();
    await expect(first).toHaveAttribute('data-kind', 'clean.missing');
    const found = await textOf(first);
    await find.fill('');
    return `drop nulls: ${found}`;
  },
  'another setting is run, and both runs are compared by what differs': async ({ press }) => {
    await press(page.getByTestId('node-boosting'));
    await press(page.locator('[data-param=learningRate]').getByRole('button', { name: /: more$/i }));
    const run = page.getByTestId('run');
    await expect(run).not.toContainText('Up to date');
    await press(run);
    await expect(run).toContainText('Up to date', { timeout: 120_000 });
    await press(page.getByRole('navigation').getByRole('button', { name: 'Runs', exact: true }));
    for (const place of [0, 1]) await page.getByRole('checkbox').nth(place).click({ force: true });
    const differ = page.getByRole('region', { name: 'Nodes, settings and wires that differ' });
    await expect(differ.getByRole('row').filter({ hasText: /^Learning rate/ })).toHaveCount(1);
    const reported = await textOf(differ);
    await press(page.getByRole('navigation').getByRole('button', { name: 'Pipeline', exact: true }));
    return reported;
  },
  ...(own.rarer === undefined ? {} : otherPositiveClass(page, own.rarer)),
  'it is saved': async ({ press }) => {
    await press(page.getByRole('button', { name: 'Save', exact: true }).first());
    const dialog = page.getByRole('dialog');
    await press(dialog.getByRole('button', { name: 'Save', exact: true }));
    await expect(page.getByText('Not saved yet')).toHaveCount(0);
    return textOf(page.getByRole('contentinfo').last());
  },
  'it is there again after a reload': async () => {
    await page.reload();
    await expect(page.getByTestId('canvas').locator('article').first()).toBeVisible();
    await expect(
      page
        .getByRole('banner')
        .getByText(own.file.replace(/\.csv$/, ''))
        .first(),
    ).toBeVisible();
    return own.file;
  },
});
