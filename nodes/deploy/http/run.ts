import { task } from '../../../shared/capabilities.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, model, outputs, log, warn }) => {
    const { name, port, auth, keepInputs } = params;
    const served = model('model');
    await outputs.service('service', { name, model: served, settings: { port, auth, keepInputs } });
    if (served.expects !== undefined)
      warn({
        code: 'deploy.expects-table',
        severity: 'warning',
        message: `The model begins behind "${served.expects}", which it cannot repeat for a row alone: the service takes rows as they come out of that, not as they were read.`,
        mend: `Let whoever asks do what "${served.expects}" does first, or train behind steps that each row takes alone.`,
        port: 'model',
      });
    log(`declared the service "${name}"; it takes ${served.inputSchema.map((c) => c.name).join(', ')}`);
  },
});
