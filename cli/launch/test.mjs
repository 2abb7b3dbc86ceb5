import { ensureBuilt } from './build/build.mjs';
import { ensureInstalled } from './install.mjs';
import { runPlaywright } from './playwright.mjs';
import { againLine, closingLine, isGreen, nothing, sum } from './tally.mjs';
import { runVitest } from './vitest.mjs';

/** Windows of the end-to-end suite that `npm test` leaves to `npm run test:themes`. */
const themed = ['dark', 'dark-small'];

/**
 * `npm test -- [PATH…] [-t NAME] [--e2e] [--unit] [--install]`: everything, or what the paths name. Everything means the end-to-end suite in a light,
 * large window, without the long walks that are tagged @later; `npm run test:themes` (`--themes`) has those, and all of the dark and the small windows.
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
  process.stdout.write(`\n${againLine(wanted.command, tally)}${closingLine(tally)}\n`);
  return isGreen(tally) ? 0 : 1;
}

/** @param {string[]} args */
export function readArguments(args) {
  const own = ['--install', '--e2e', '--unit', '--themes'];
  const themes = args.includes('--themes');
  const rest = args.filter((arg) => !own.includes(arg));
  const at = rest.findIndex((arg) => arg === '-t');
  const name = at < 0 ? undefined : rest[at + 1];
  const others = at < 0 ? rest : rest.filter((_, index) => index !== at && index !== at + 1);
  const options = others.filter((arg) => arg.startsWith('-'));
  const paths = others.filter((arg) => !arg.startsWith('-'));
  const e2ePaths = paths.filter((path) => path.includes('e2e') || path.endsWith('.spec.ts'));
  const unitPaths = paths.filter((path) => !e2ePaths.includes(path));
  const all = paths.length === 0 && !['--e2e', '--unit', '--themes'].some((flag) => args.includes(flag));
  const projects = themes ? themed : all ? ['light'] : [];
  const withName = (/** @type {string} */ flag) => (name === undefined ? [] : [flag, name]);
  return {
    /** What runs the same again. */
    command: themes ? 'npm run test:themes' : 'npm test',
    mayInstall: args.includes('--install'),
    units: all || unitPaths.length > 0 || args.includes('--unit'),
    endToEnd: all || e2ePaths.length > 0 || args.includes('--e2e') || themes,
    unitArgs: [...unitPaths, ...options, ...withName('-t')],
    endToEndArgs: [
      ...e2ePaths,
      ...projects.map((name) => `--project=${name}`),
      // `test:themes` runs these in dark.
      ...(all ? ['--grep-invert=@later'] : []),
      ...options,
      ...withName('-g'),
    ],
  };
}
