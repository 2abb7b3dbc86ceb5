import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import { leastMemory, limitsOf, machineMemory, memoryOfAll, refuseMemory } from '../../compute/machine-memory.ts';
import type { HostContext } from '../host-context.ts';
import { isReadOnly } from '../runs/live-run.ts';

type Area = Pick<Handlers<Contract>, 'limits.get' | 'limits.set'>;

/** @param onChange of the memory: what holds the old share is to begin anew */
export function limitHandlers({ store, changes }: Pick<HostContext, 'store' | 'changes'>, onChange: () => void): Area {
  const notify = () => ({
    chosen: store.settings.limits(),
    memory: {
      machineBytes: machineMemory(),
      defaultBytes: limitsOf('run').limitBytes,
      leastBytes: leastMemory,
      mostBytes: memoryOfAll(),
    },
  });
  return {
    'limits.get': notify,
    'limits.set': (limits) => {
      if (store.readOnly) throw isReadOnly();
      if (limits.memoryBytes !== undefined) refuseMemory(limits.memoryBytes);
      const before = store.settings.limits();
      store.settings.saveLimits(limits);
      changes.notify('limits');
      if (before.memoryBytes !== limits.memoryBytes) onChange();
      return notify();
    },
  };
}
