import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';
import { listFolder } from '../workspace-files.ts';

type Area = Pick<Handlers<Contract>, 'files.list' | 'files.upload'>;

export const fileHandlers = ({ workspace, uploads, changes }: HostContext): Area => ({
  'files.list': ({ folder }) => listFolder(workspace, folder),
  'files.upload': async (piece) => {
    const answer = await uploads.take(piece);
    if (piece.done) changes.notify('files');
    return answer;
  },
});
