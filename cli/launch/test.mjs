import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { runPlaywright } from './playwright.mjs';
import { againLine, closingLine, isGreen, nothing, sum } from './tally.mjs';
import { runVitest } from './vitest.mjs';

/**
 * `npm test -- [PATH…] [-t NAME] [--e2e] [--unit] [--install]`: everything, or what the paths name.
 * @param {string[]} args
 */
export async function main(args) {
  const wanted = readArguments(args);
  await ensureInstalled();
  await ensureBuilt();
  const units = wanted.units ? await runVitest(wanted.unitArgs) : nothing();
  const endToEnd = wanted.endToEnd
    ? await runPlaywright(wanted.endToEndArgs, { mayInstall: wanted.mayInstall })
    : nothing();
  const tally = sum(units, endToEnd);
  process.stdout.write(`\n${againLine('npm test', tally)}${closingLine(tally)}\n`);
  return isGreen(tally) ? 0 : 1;
}

/** @param {string[]} args */
export function readArguments(args) {
  const own = ['--install', '--e2e', '--unit'];
  const rest = args.filter((arg) => !own.includes(arg));
  const at = rest.findIndex((arg) => arg === '-t');
  const name = at < 0 ? undefined : rest[at + 1];
  const others = at < 0 ? rest : rest.filter((_, index) => index !== at && index !== at + 1);
  const options = others.filter((arg) => arg.startsWith('-'));
  const paths = others.filter((arg) => !arg.startsWith('-'));
  const e2ePaths = paths.filter((path) => path.includes('e2e') || path.endsWith('.spec.ts'));
  const unitPaths = paths.filter((path) => !e2ePaths.includes(path));
  const all = paths.length === 0 && !args.includes('--e2e') && !args.includes('--unit');
  const withName = (/** @type {string} */ flag) => (name === undefined ? [] : [flag, name]);
  return {
    mayInstall: args.includes('--install'),
    units: all || unitPaths.length > 0 || args.includes('--unit'),
    endToEnd: all || e2ePaths.length > 0 || args.includes('--e2e'),
    unitArgs: [...unitPaths, ...options, ...withName('-t')],
    endToEndArgs: [...e2ePaths, ...options, ...withName('-g')],
  };
}
