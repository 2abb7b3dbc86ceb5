import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { root } from './places.mjs';
import { nothing, tallyVitest } from './tally.mjs';

/**
 * Runs Vitest and counts.
 * @param {string[]} args
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runVitest(args) {
  const reportFile = join(root, 'test-results', `vitest-${process.pid}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const code = await runNode(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
  if (!existsSync(reportFile)) return { ...nothing(), failed: 1 };
  const tally = tallyVitest(JSON.parse(readFileSync(reportFile, 'utf8')), code);
  rmSync(reportFile);
  return tally;
}
