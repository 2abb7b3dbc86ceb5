import { test } from 'vitest';
import { killRuns } from '../test/support/kill-runs.ts';

test.skipIf(process.platform !== 'linux')(
  'a real run whose runner or host is killed at any moment loses nothing that was finished; the next one completes with the same bytes',
  // Some ten commands one after the other.
  { timeout: 900_000 },
  () => killRuns(3),
);
