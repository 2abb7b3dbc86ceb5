import { task } from '../../../shared/capabilities.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, model, outputs, log }) => {
    const { name, port, auth, keepInputs } = params;
    const served = model('model');
    await outputs.service('service', { name, model: served, settings: { port, auth, keepInputs } });
    log(`declared the service "${name}"; it takes ${served.inputSchema.map((c) => c.name).join(', ')}`);
  },
});
