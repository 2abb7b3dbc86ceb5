import { test } from 'vitest';
import { killWriters } from '../store/kill-writers.ts';
import { killHosts } from './kill-hosts.ts';

test('a hundred kills of writers', () => killWriters(100));
test.skipIf(process.platform !== 'linux')('a hundred kills of hosts and runners', () => killHosts(100));
