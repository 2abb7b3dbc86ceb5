import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser-binary.mjs';
import { runNode } from './child.mjs';
import { root } from './places.mjs';
import { say } from './say.mjs';
import { nothing, tallyPlaywright } from './tally.mjs';

const config = 'test/e2e/playwright.config.ts';
const cli = 'node_modules/@playwright/test/cli.js';

/**
 * Runs the end-to-end suite and counts; without a browser every test of it counts as not run.
 * @param {string[]} args filters and Playwright's own options
 * @param {{ mayInstall: boolean }} options
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runPlaywright(args, { mayInstall }) {
  if (!hasSuite()) return nothing();
  const browser = await ensureBrowser({ mayInstall });
  if ('missing' in browser) {
    say(`The end-to-end tests were not run: ${browser.missing}`);
    const listed = await report([...args, '--list'], {});
    return { ...nothing(), notRun: Math.max(1, listed.tests) };
  }
  say(`End-to-end tests in ${browser.name}.`);
  const { tally } = await report(args, browser.env);
  return tally;
}

export function hasSuite() {
  const folder = join(root, 'test', 'e2e');
  return existsSync(join(root, config)) && readdirSync(folder).some((name) => name.endsWith('.spec.ts'));
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
async function report(args, env) {
  const file = join(root, 'test-results', `playwright-${process.pid}.json`);
  const reporter = args.includes('--list') ? '--reporter=json' : '--reporter=list,json';
  const code = await runNode([cli, 'test', '--config', config, reporter, ...args], {
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  });
  if (!existsSync(file)) return { tests: 0, tally: { ...nothing(), failed: 1 } };
  const found = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file);
  const { expected, unexpected, flaky, skipped } = found.stats;
  return { tests: expected + unexpected + flaky + skipped, tally: tallyPlaywright(found, code) };
}
