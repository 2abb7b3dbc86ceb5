import { test } from 'vitest';
import { killRuns } from './kill-runs.ts';

test.skipIf(process.platform !== 'linux')('a hundred kills of real runs', () => killRuns(100));
