import { test } from 'vitest';
import { killHosts } from '../../test/support/kill-hosts.ts';

test.skipIf(process.platform !== 'linux')(
  'a host or a runner that is killed at any moment leaves a sound history, whole results, no stray process, and a next run that completes',
  () => killHosts(8),
);
