import { relative } from 'node:path';
import { root } from './places.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, notRun: number, failedIn: string[] }} Tally `failedIn`: files with a failure, from the root */

/** @returns {Tally} */
export const nothing = () => ({ passed: 0, failed: 0, skipped: 0, notRun: 0, failedIn: [] });

/** @param {Tally[]} tallies */
export function sum(...tallies) {
  return tallies.reduce((a, b) => {
    return {
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
      notRun: a.notRun + b.notRun,
      failedIn: [...a.failedIn, ...b.failedIn],
    };
  }, nothing());
}

/**
 * The closing line. Plain when everything was run; what was left out is counted behind.
 * @param {Tally} tally
 */
export function closingLine({ passed, failed, skipped, notRun }) {
  const parts = [`${passed} passed`, `${failed} failed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (notRun > 0) parts.push(`${notRun} not run`);
  return parts.join(', ');
}

/**
 * What somebody types to run the files that failed once more; nothing where no file is to blame.
 * @param {string} command
 * @param {Tally} tally
 */
export function againLine(command, { failedIn }) {
  return failedIn.length === 0 ? '' : `Once more what failed: ${command} -- ${failedIn.join(' ')}\n`;
}

/** @param {Tally} tally */
export function isGreen({ failed, notRun }) {
  return failed === 0 && notRun === 0;
}

/**
 * Vitest's JSON report. A file that could not be loaded has no tests in it and counts as one failure; so does an error
 * outside of any test, which only the exit code tells.
 * @param {any} report
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyVitest(report, exitCode) {
  const broken = report.testResults.filter(
    /** @param {any} file */ (file) => file.status === 'failed' && file.assertionResults.every(notFailed),
  ).length;
  const failed = report.numFailedTests + broken;
  const skipped = report.numPendingTests + report.numTodoTests;
  const failedIn = report.testResults
    .filter(/** @param {any} file */ (file) => file.status === 'failed')
    .map(/** @param {any} file */ (file) => relative(root, file.name));
  return { passed: report.numPassedTests, failed: failed || Number(exitCode !== 0), skipped, notRun: 0, failedIn };
}

/** @param {any} test */
const notFailed = (test) => test.status !== 'failed';

/**
 * Playwright's JSON report. A test that passed only on its second try counts as failed: we look for such.
 * @param {any} report
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyPlaywright(report, exitCode) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  const failed = unexpected + flaky + report.errors.length;
  const failedIn = (report.suites ?? [])
    .filter(hasFailed)
    .map(/** @param {any} suite */ (suite) => `test/e2e/${suite.file}`);
  return { passed: expected, failed: failed || Number(exitCode !== 0), skipped, notRun: 0, failedIn };
}

/**
 * A spec stands for one test in each project; its own `ok` is that of the first of them.
 * @param {any} suite
 * @returns {boolean}
 */
function hasFailed(suite) {
  const tests = (suite.specs ?? []).flatMap(/** @param {any} spec */ (spec) => spec.tests);
  return (
    tests.some(/** @param {any} test */ ({ status }) => status === 'unexpected' || status === 'flaky') ||
    (suite.suites ?? []).some(hasFailed)
  );
}
