/** What the operating system refuses, in words. Known by the code that it gives (`ENOSPC`), so that nothing of Node is needed here. */
import type { Problem } from './errors.ts';

type Words = Pick<Problem, 'code' | 'message' | 'mend'>;

export const diskFull: Words = {
  code: 'store.disk-full',
  message: 'The disk is full: nothing more can be written.',
  mend: 'Free some space, or empty the cache, then run again: what was finished is kept.',
};
const readOnly = (path: string): Words => ({
  code: 'store.read-only',
  message: `Flowyard may not write${path === '' ? '' : ` ${path}`}.`,
  mend: 'Open a folder that you may write in, or copy the files to one.',
});
const tooManyFiles: Words = {
  code: 'store.too-many-files',
  message: 'The system allows no more open files.',
  mend: 'Close other programs or raise the limit (ulimit -n), then try again.',
};

/** Undefined for what the system did not say, or what only a fault of ours can cause. */
export function systemProblem(thrown: unknown): Words | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  switch (thrown.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull;
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return readOnly('path' in thrown ? String(thrown.path) : '');
    case 'EMFILE':
    case 'ENFILE':
      return tooManyFiles;
    default:
      return undefined;
  }
}
