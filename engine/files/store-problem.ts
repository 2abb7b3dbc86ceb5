/** What the disk or SQLite says, in words. */
import { fail, FlowyardError, toProblem, type Problem } from '../../shared/errors.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The failure of a read or write under `place` as a `store.*` error. What is already a problem of ours passes unchanged. */
// Over 80 lines: one case for each way in which a disk refuses.
export function storeProblem(error: unknown, place: string): FlowyardError {
  if (error instanceof FlowyardError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const facts = { place, code };
  const because = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return fail(
      'store.disk-full',
      {
        message: `The disk that holds ${place} is full.`,
        mend: 'Free some space, or empty the cache, then try again: what was kept before is still there.',
        facts,
      },
      because,
    );
  if (
    code === 'EROFS' ||
    code === 'EACCES' ||
    code === 'EPERM' ||
    code.startsWith('SQLITE_READONLY') ||
    code === 'SQLITE_PERM' ||
    code.startsWith('SQLITE_CANTOPEN')
  )
    return fail(
      'store.read-only',
      {
        message: `Flowyard may not write in ${place}.`,
        mend: 'Open a folder that you may write in, or copy the files to one.',
        facts,
      },
      because,
    );
  if (code === 'SQLITE_CORRUPT' || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return fail(
      'store.corrupt',
      {
        message: `The file ${place} is damaged (${said}).`,
        mend: 'Put it aside or restore it from a copy: pipelines and data are not in it, only the history of runs.',
        facts,
      },
      because,
    );
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED')
    return fail(
      'store.busy',
      {
        message: `Another program holds ${place}.`,
        mend: 'Close the other program that uses this workspace, then try again.',
        facts,
      },
      because,
    );
  if (code === 'EIO' || code.startsWith('SQLITE_IOERR') || code === 'SQLITE_PROTOCOL')
    return fail(
      'store.io',
      {
        message: `Reading or writing ${place} failed (${said}).`,
        mend: 'When the folder is on a network drive, copy the workspace to a local disk; else check the disk.',
        facts,
      },
      because,
    );
  if (code === 'EMFILE' || code === 'ENFILE')
    return fail(
      'store.too-many-files',
      {
        message: 'The system allows no more open files.',
        mend: 'Close other programs or raise the limit (ulimit -n), then try again.',
        facts,
      },
      because,
    );
  return fail(
    'store.failed',
    {
      message: `Reading or writing ${place} failed: ${said}.`,
      mend: 'Try again; when it happens again, look at the log.',
      facts,
    },
    because,
  );
}

/** The problem in any thrown value: what SQLite says is put in words too, wherever it was thrown. */
export const toProblemOf =
  (place: string) =>
  (error: unknown): Problem =>
    codeOf(error).startsWith('SQLITE_') || codeOf(error) === 'ENOSPC'
      ? storeProblem(error, place).problem
      : toProblem(error);

const takesNothing = new Set(['store.disk-full', 'store.read-only', 'store.io', 'store.busy', 'store.gone']);
/** Writes what nobody would miss (a note of what was opened, clearing away): a store that takes nothing now does not stop what is done beside it. */
export function writeIfTaken(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!takesNothing.has(storeProblem(error, '').code)) throw error;
  }
}

/** Runs `work`; what the disk or SQLite throws leaves as a `store.*` error. */
export function guardStore<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeProblem(error, place);
  }
}
export async function guardStoreAsync<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeProblem(error, place);
  }
}
