import { fail } from '../../shared/errors.ts';

export const unreadable = (why: string, cause?: unknown): Error =>
  fail(
    'estimator.unreadable',
    { message: `What the model has learnt cannot be read: ${why}.`, mend: 'Train the model again.' },
    { cause },
  );
