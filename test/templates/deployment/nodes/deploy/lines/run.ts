import { task } from '../../../shared/capabilities.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params: { name, port, auth }, model, outputs }) => {
    await outputs.service('service', { name, model: model('model'), settings: { kind: 'lines', port, auth } });
  },
});
