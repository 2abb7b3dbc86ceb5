import { task } from '../../../shared/capabilities.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, model, outputs, log }) => {
    const { bytes, inputs, notes } = await model('model').toOnnx();
    const written = await outputs.file(params.file, { bytes }, params.overwrite);
    log(
      `wrote ${written.path}, ${written.bytes.toLocaleString('en-US')} bytes; it takes ${inputs.map((c) => c.name).join(', ')}`,
    );
    for (const note of notes) log(note);
  },
});
