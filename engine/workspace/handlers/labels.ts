import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';
import { makeLabelFiles } from '../label-files.ts';

type Area = Pick<Handlers<Contract>, 'labels.read' | 'labels.write'>;

/** Made once a host, so that the writes of two windows come one after the other. */
export function labelHandlers({ workspace, changes }: Pick<HostContext, 'workspace' | 'changes'>): Area {
  const files = makeLabelFiles(workspace);
  return {
    'labels.read': async (place) => ({ labels: await files.read(place) }),
    'labels.write': async ({ changes: given, ...place }) => {
      const answer = await files.write(place, given);
      changes.notify('files');
      return answer;
    },
  };
}
