/** The folder of a workspace, made where it is not there yet. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '../../shared/errors.ts';
import { systemProblem } from '../../shared/system-problem.ts';

/** Step by step: Node's own `recursive` never returns where the system has no such place (below /proc, on a drive that is gone). */
export async function makeWorkspaceFolder(folder: string): Promise<void> {
  const there = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if (!(there instanceof Error)) {
    if (there.isDirectory()) return;
    throw fail('workspace.not-a-folder', {
      message: `${folder} is a file, not a folder.`,
      mend: 'Name a folder for the workspace.',
    });
  }
  const parent = dirname(folder);
  if (there.code === 'ENOTDIR' || there.code === 'ENOENT') {
    if (parent !== folder) await makeWorkspaceFolder(parent);
    const failed = await mkdir(folder).catch((error: NodeJS.ErrnoException) => error);
    // Another start may have made it meanwhile.
    if (!(failed instanceof Error) || failed.code === 'EEXIST') return;
    if (systemProblem(failed) !== undefined) throw failed;
    throw fail(
      'workspace.no-place',
      { message: `The folder ${folder} cannot be made here.`, mend: 'Name another folder for the workspace.' },
      { cause: failed },
    );
  }
  throw there;
}
