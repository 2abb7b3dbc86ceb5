import { task } from '../../../shared/capabilities.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ params, model, outputs, log }) => {
    const folder = params.folder.replace(/[/\\]+$/, '');
    const files = await model('model').toEncoder();
    let total = 0;
    for (const { name, bytes } of files)
      total += (await outputs.file(`${folder}/${name}`, { bytes }, params.overwrite)).bytes;
    log(`wrote ${files.length} files into ${folder}, ${total.toLocaleString('en-US')} bytes`);
  },
});
