import { describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { checkOptions } from './target-options.ts';

const said = (options: Record<string, string>): string => {
  try {
    checkOptions({ options });
    return 'taken';
  } catch (error) {
    const { message, mend } = toProblem(error);
    return `${message} ${mend ?? ''}`;
  }
};

describe('options of a remote', () => {
  test('that a job, a look or a clean-up could not use are refused in words', () => {
    expect(said({ cors: '3' })).toContain('There is no option "cors". The options are account, ca, cores');
    expect(said({ memory: 'lots' })).toBe('The option "memory" cannot be "lots". Memory is written 4G or 500M.');
    expect(said({ parallel: 'all' })).toBe('The option "parallel" cannot be "all". It is a whole number from 1 on.');
    expect(said({ keep: 'never' })).toBe('The option "keep" cannot be "never". It is a number from 0 on.');
    expect(said({ cores: '' })).toContain('cannot be ""');
    expect(['0', '1.5', '-2'].map((cores) => said({ cores }) === 'taken')).toEqual([false, false, false]);
    expect(said({ retries: '0', look: '0.2', keep: '0.5', memory: '1.5G', time: '60' })).toBe('taken');
  });

  test('the folder is a whole path, or one below the home folder', () => {
    const roots = ['/scratch/a b', '~', '~/x', '$HOME/x'];
    expect(roots.map((root) => said({ root }))).toEqual(roots.map(() => 'taken'));
    for (const root of ['', 'scratch/me', '~mara/x', '$SCRATCH/x', '$HOMES/x'])
      expect(said({ root })).toContain(`The option "root" cannot be "${root}": it has to be a whole path.`);
  });
});
