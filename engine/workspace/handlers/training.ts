import { fail } from '../../../shared/errors.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';

type Area = Pick<Handlers<Contract>, 'runs.steer'>;

export function trainingHandlers({ store, runs }: Pick<HostContext, 'store' | 'runs'>): Area {
  return {
    'runs.steer': ({ run, node, to }) => {
      if (store.runs.get(run) === undefined)
        throw fail('run.unknown', {
          message: `There is no run "${run}".`,
          mend: 'It may have been removed from the history.',
        });
      return { nodes: runs.steer(run, node, to) };
    },
  };
}
