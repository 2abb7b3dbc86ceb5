import { fail } from '../../../shared/errors.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { HostContext } from '../host-context.ts';
import { noModel } from '../no-model.ts';

type Area = Pick<Handlers<Contract>, 'models.list' | 'models.get' | 'models.remove'>;

export const modelHandlers = ({ store: { models, services }, changes }: HostContext): Area => ({
  'models.list': () => models.list(),
  'models.get': ({ name, version }) => models.get(name, version) ?? noModel(name, version),
  'models.remove': ({ name, version }) => {
    const model = models.get(name, version) ?? noModel(name, version);
    const user = services.list().find((service) => service.model_key === model.key);
    if (user !== undefined)
      throw fail('model.in-use', {
        message: `The service "${user.name}" answers with ${name} ${version}.`,
        mend: 'Remove the service first, or give it another model.',
        facts: { service: user.name },
      });
    models.remove(name, version);
    changes.notify('models');
    return {};
  },
});
