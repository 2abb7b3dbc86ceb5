import { test } from 'vitest';
import { killWriters } from '../../test/support/kill-writers.ts';

test('a writer that is killed at any moment loses nothing that was finished and leaves nothing half-written', () =>
  killWriters(12));
