import { test } from 'vitest';
import { soakKills } from '../test/support/soak-length.ts';
import { killRuns } from '../test/support/kill-runs.ts';

test.skipIf(process.platform !== 'linux')(`${soakKills} kills of real runs`, () => killRuns(soakKills));
