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
  tell: (result: StepResult) => void,
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
    tell({ step, ...result, ms: Math.round(performance.now() - startedMs), pointerActions });
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
  return {
    'open a table of one’s own': async ({ press, pick }) => {
      await press(page.getByRole('button', { name: /^Open a CSV/ }));
      await pick(dialog.getByRole('button', { name: /Choose a file/ }), path);
      await expect(dialog.getByRole('heading', { name: 'What should be predicted?' })).toBeVisible();
      return textOf(dialog);
    },
    'the column to predict is proposed': async () => {
      await expect(dialog.getByRole('button', { name: /Column to predict/ })).toContainText(own.target);
      return own.target;
    },
    'build and run': async ({ press }) => {
      await press(dialog.getByRole('button', { name: 'Build the pipeline' }));
      await press(page.getByTestId('run'));
      await expect(page.getByText(/Run finished in|The run failed|failed$/).first()).toBeVisible({ timeout: 240_000 });
      return textOf(page.getByText(/Run finished in|The run failed|failed$/).first());
    },
    'the report judges': async ({ press }) => {
      await press(page.getByTestId('node-evaluate-boosting'));
      const verdict = page.getByRole('heading', { name: /baseline/ }).first();
      await expect(verdict).toBeVisible();
      return textOf(verdict);
    },
    serve: async ({ press }) => {
      await press(page.getByRole('button', { name: 'Serve this model' }));
      await press(page.getByRole('navigation').getByRole('button', { name: 'Services', exact: true }));
      await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
      return 'Running';
    },
    'the service answers': async ({ press }) => {
      await press(page.getByRole('button', { name: 'Send' }));
      const answer = page.getByLabel('Answer', { exact: true });
      await expect(answer).toContainText(/\d/);
      return textOf(answer);
    },
  };
};
