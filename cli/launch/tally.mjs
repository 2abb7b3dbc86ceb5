/** @typedef {{ passed: number, failed: number, skipped: number, notRun: number }} Tally */

/** @returns {Tally} */
export const nothing = () => ({ passed: 0, failed: 0, skipped: 0, notRun: 0 });

/** @param {Tally[]} tallies */
export function sum(...tallies) {
  return tallies.reduce((a, b) => {
    return {
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
      notRun: a.notRun + b.notRun,
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
  return { passed: report.numPassedTests, failed: failed || Number(exitCode !== 0), skipped, notRun: 0 };
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
  return { passed: expected, failed: failed || Number(exitCode !== 0), skipped, notRun: 0 };
}
