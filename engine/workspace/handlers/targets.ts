import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';

type Area = Pick<
  Handlers<Contract>,
  | 'targets.list'
  | 'targets.add'
  | 'targets.test'
  | 'targets.remove'
  | 'targets.load'
  | 'targets.files'
  | 'targets.clean'
  | 'targets.placements'
  | 'runs.attach'
>;

export const targetHandlers = ({ targets, runs, store }: HostContext): Area => ({
  'targets.list': () => targets.list(),
  'targets.add': (settings) => targets.add(settings),
  'targets.test': ({ name }) => targets.test(name),
  'targets.remove': ({ name }) => {
    targets.remove(name);
    return {};
  },
  'targets.load': ({ name }) => targets.load(name),
  'targets.files': ({ name, path }) => targets.files(name, path),
  'targets.clean': ({ name }) => targets.clean(name),
  'targets.placements': ({ limit }) => {
    store.flush();
    return store.placements.list(limit);
  },
  'runs.attach': ({ run }) => ({ attached: runs.attach(run) }),
});
