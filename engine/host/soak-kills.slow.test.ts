import { test } from 'vitest';
import { killWriters } from '../../test/support/kill-writers.ts';
import { soakKills } from '../../test/support/soak-length.ts';
import { killHosts } from '../../test/support/kill-hosts.ts';

test(`${soakKills} kills of writers`, () => killWriters(soakKills));
test.skipIf(process.platform !== 'linux')(`${soakKills} kills of hosts and runners`, () => killHosts(soakKills));
