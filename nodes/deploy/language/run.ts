import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, llms, outputs, log }) => {
    const { name, port, auth, keys, parallel, longestQueue, keepInputs } = params;
    const [first, ...others] = llms('llm');
    if (first === undefined)
      throw fail('wire.missing', { message: 'No language model is wired.', mend: 'Wire one.', port: 'llm' });
    await outputs.service('service', {
      name,
      model: first,
      settings: {
        kind: 'language',
        port,
        auth,
        keys: auth === 'none' ? [] : keys,
        parallel,
        longestQueue,
        keepInputs,
        models: others.map((one) => one.key),
      },
    });
    log(`declared the service "${name}"; it answers as ${[first, ...others].map((one) => one.value.name).join(', ')}`);
  },
});
