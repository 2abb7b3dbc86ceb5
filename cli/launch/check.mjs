import { runNode } from './child.mjs';
import { ensureBuilt } from './build/build.mjs';
import { ensureInstalled } from './install.mjs';
import { say, secondsSince } from './say.mjs';

/** @type {[what: string, args: string[]][]} */
const steps = [
  ['types', ['node_modules/typescript/bin/tsc', '-b']],
  ['lint', ['node_modules/oxlint/bin/oxlint', '--type-aware']],
  ['format', ['node_modules/oxfmt/bin/oxfmt', '--check']],
  // Two seconds; `.jscpd.json` says from how many tokens on.
  ['duplicates', ['node_modules/jscpd/run-jscpd.js']],
  [
    'layers and unit tests',
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.unit.config.ts', '--reporter=dot'],
  ],
];

/** All that can be known in under a minute: types, lint, format, duplicates, layers, unit tests. Every step runs, whatever the others say. */
export async function main() {
  await ensureInstalled();
  await ensureBuilt();
  const red = [];
  for (const [what, args] of steps) {
    const startedMs = Date.now();
    const code = await runNode(args);
    say(`${code === 0 ? 'ok' : 'RED'}: ${what}, ${secondsSince(startedMs)}`);
    if (code !== 0) red.push(what);
  }
  if (red.length > 0) say(`Not in order: ${red.join(', ')}.`);
  return red.length === 0 ? 0 : 1;
}
