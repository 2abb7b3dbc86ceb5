import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingPlatforms } from './complete-lock.mjs';
import { root } from './places.mjs';
import { isStale, takeStamp, writeStamp } from './build/stamp.mjs';
import { againLine, closingLine, isGreen, nothing, sum, tallyPlaywright, tallyVitest } from './tally.mjs';
import { readArguments } from './test.mjs';

describe('a build is stale', () => {
  /** @type {{ stampFile: string, inputs: string[], outputs: string[], root: string }} */
  let build;
  beforeEach(() => {
    const root = mkdtempSync(join(tmpdir(), 'flowyard-stamp-'));
    mkdirSync(join(root, 'src'));
    writeFileSync(join(root, 'src/a.ts'), 'one');
    build = { root, inputs: ['src', 'absent'], outputs: ['out.js'], stampFile: join(root, 'stamps/b.json') };
  });
  afterEach(() => rmSync(build.root, { recursive: true }));

  const finish = (/** @type {string | undefined} */ before) => {
    writeFileSync(join(build.root, 'out.js'), 'built');
    writeStamp({ ...build, before });
  };

  test('before it was ever built, and not after', () => {
    expect(isStale(build)).toBe(true);
    finish(undefined);
    expect(isStale(build)).toBe(false);
  });

  test('when a source changes, appears or goes; not when it is only touched or a test changes', () => {
    finish(undefined);
    utimesSync(join(build.root, 'src/a.ts'), 1, 1);
    writeFileSync(join(build.root, 'src/a.test.ts'), 'a test');
    expect(isStale(build)).toBe(false);
    writeFileSync(join(build.root, 'src/a.ts'), 'two');
    expect(isStale(build)).toBe(true);
    finish(undefined);
    writeFileSync(join(build.root, 'src/b.ts'), 'new');
    expect(isStale(build)).toBe(true);
    rmSync(join(build.root, 'src/b.ts'));
    expect(isStale(build)).toBe(false);
    rmSync(join(build.root, 'src/a.ts'));
    expect(isStale(build)).toBe(true);
  });

  test('when what it wrote is gone', () => {
    finish(undefined);
    rmSync(join(build.root, 'out.js'));
    expect(isStale(build)).toBe(true);
  });

  test('when a source was edited while it was built', () => {
    const before = takeStamp(build);
    writeFileSync(join(build.root, 'src/a.ts'), 'edited meanwhile');
    finish(before);
    expect(isStale(build)).toBe(true);
  });
});

describe('the lock file', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

  test('names the packages of every platform, without which `npm ci` refuses it; `node cli/launch/complete-lock.mjs` adds them', () => {
    expect(missingPlatforms(packages)).toEqual({});
  });

  test('is completed by what names and versions say', () => {
    const name = '@oxlint/binding-linux-arm64-musl';
    const { [`node_modules/${name}`]: entry, ...rest } = packages;
    expect(missingPlatforms(rest)).toEqual({ [`node_modules/${name}`]: entry });
    const binding = { optionalDependencies: { 'a-win32-x64-msvc': '1.2.3' }, license: 'MIT' };
    expect(missingPlatforms({ 'node_modules/a': binding })).toEqual({
      'node_modules/a-win32-x64-msvc': {
        version: '1.2.3',
        cpu: ['x64'],
        license: 'MIT',
        optional: true,
        os: ['win32'],
      },
    });
  });

  test('and package.json agree, each version exact', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect({ dependencies: packages[''].dependencies, devDependencies: packages[''].devDependencies }).toEqual({
      dependencies,
      devDependencies,
    });
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    expect(versions.filter(([name, version]) => packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });
});

describe('the closing line', () => {
  test('is plain when all was run and says what was not', () => {
    expect(closingLine({ ...nothing(), passed: 3 })).toBe('3 passed, 0 failed');
    expect(closingLine({ ...nothing(), passed: 3, failed: 1, skipped: 2, notRun: 4 })).toBe(
      '3 passed, 1 failed, 2 skipped, 4 not run',
    );
  });

  test('adds suites up, and what was not run is not green', () => {
    const unit = { ...nothing(), passed: 5, skipped: 1 };
    const missing = { ...nothing(), notRun: 2 };
    expect(sum(unit, missing)).toEqual({ ...nothing(), passed: 5, skipped: 1, notRun: 2 });
    expect([isGreen(unit), isGreen(missing)]).toEqual([true, false]);
  });

  const vitest = { numPassedTests: 4, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] };

  test('counts a test file that cannot be loaded as one failure', () => {
    const broken = { name: join(root, 'a.test.ts'), status: 'failed', assertionResults: [] };
    const red = { name: join(root, 'b/c.test.ts'), status: 'failed', assertionResults: [{ status: 'failed' }] };
    const report = { ...vitest, numFailedTests: 1, testResults: [broken, red] };
    const tally = tallyVitest(report, 1);
    expect(tally).toEqual({
      passed: 4,
      failed: 2,
      skipped: 2,
      notRun: 0,
      failedIn: ['a.test.ts', join('b', 'c.test.ts')],
    });
    expect(againLine('npm test', tally)).toBe(
      `Once more what failed: npm test -- a.test.ts ${join('b', 'c.test.ts')}\n`,
    );
  });

  test('counts an error outside of any test as one failure', () => {
    expect(tallyVitest(vitest, 1)).toEqual({ ...nothing(), passed: 4, failed: 1, skipped: 2 });
    expect(tallyVitest(vitest, 0)).toEqual({ ...nothing(), passed: 4, skipped: 2 });
  });

  test('counts a flaky end-to-end test as failed', () => {
    const passed = { ok: true, tests: [{ status: 'expected' }] };
    const suites = [
      // Of two projects, the second failed: the spec's own word is that of the first.
      {
        file: 'job.spec.ts',
        specs: [passed],
        suites: [{ specs: [{ ok: true, tests: [...passed.tests, { status: 'unexpected' }] }] }],
      },
      { file: 'other.spec.ts', specs: [passed] },
    ];
    const report = { stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 0 }, errors: [], suites };
    const failedIn = ['test/e2e/job.spec.ts'];
    expect(tallyPlaywright(report, 0)).toEqual({ ...nothing(), passed: 3, failed: 1, failedIn });
    expect(againLine('npm test', nothing())).toBe('');
  });
});

describe('what npm test is asked for', () => {
  test('nothing named: both suites', () => {
    expect(readArguments(['--install'])).toMatchObject({
      units: true,
      endToEnd: true,
      mayInstall: true,
      unitArgs: [],
      endToEndArgs: ['--project=light', '--grep-invert=@later'],
    });
  });

  test('dark and small windows are a suite of their own, and what failed in it is run again in it', () => {
    expect(readArguments(['--themes'])).toMatchObject({
      units: false,
      endToEnd: true,
      endToEndArgs: ['--project=dark', '--project=dark-small'],
      command: 'npm run test:themes',
    });
  });

  test('a path goes to the suite it belongs to, a name to both', () => {
    expect(readArguments(['shared/sql.test.ts', '-t', 'quotes'])).toEqual({
      command: 'npm test',
      mayInstall: false,
      units: true,
      endToEnd: false,
      unitArgs: ['shared/sql.test.ts', '-t', 'quotes'],
      endToEndArgs: ['-g', 'quotes'],
    });
    expect(readArguments(['test/e2e/job.spec.ts'])).toMatchObject({
      units: false,
      endToEnd: true,
      endToEndArgs: ['test/e2e/job.spec.ts'],
    });
  });
});
