import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';

type Area = Pick<
  Handlers<Contract>,
  | 'services.list'
  | 'services.deploy'
  | 'services.replace'
  | 'services.start'
  | 'services.stop'
  | 'services.remove'
  | 'services.predict'
  | 'services.requests'
>;

export const serviceHandlers = ({ services, store }: HostContext): Area => ({
  'services.list': () => services.list(),
  'services.deploy': ({ model, version, name, port, replace = false }) =>
    services.deploy({ model, version, name, port, replace }),
  'services.replace': ({ name }) => services.replace(name),
  'services.start': ({ name }) => services.start(name),
  'services.stop': ({ name }) => services.stop(name),
  'services.remove': async ({ name }) => {
    await services.remove(name);
    return {};
  },
  'services.predict': ({ name, rows }, { signal }) => services.predict(name, rows, signal),
  'services.requests': ({ name, limit }) => {
    store.flush();
    return store.requests.list(name, limit);
  },
});
