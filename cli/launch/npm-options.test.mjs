import { expect, test } from 'vitest';
import { keptByNpm, lostToNpm } from './npm-options.mjs';

test('an option that npm kept for itself holds, or is asked for with its two dashes', () => {
  expect([keptByNpm({}), lostToNpm({})]).toEqual([[], undefined]);
  expect(keptByNpm({ npm_config_open: '' })).toEqual(['--no-open']);
  expect(lostToNpm({ npm_config_port: 'true' })).toBe(
    'npm kept --port for itself. Put two dashes before the options: npm start -- --port …',
  );
  expect(lostToNpm({ npm_config_time_limit: 'true' })).toContain('npm start -- --time-limit …');
});
