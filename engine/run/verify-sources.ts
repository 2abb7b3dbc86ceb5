import { basename } from 'node:path';
import { fail } from '../../shared/errors.ts';
import { hashFile, stampOf } from '../files/file-stamp.ts';
import type { Instance } from '../graph/instance.ts';
import { queriedFiles } from '../sources/sources.ts';

/** Compared when the read ends: a file that changed meanwhile gives `source.changed`, and nothing is stored. */
export async function verifyUnchanged(instance: Instance): Promise<void> {
  const seen = new Set<Instance>();
  const visit = async (i: Instance): Promise<void> => {
    if (seen.has(i)) return;
    seen.add(i);
    for (const source of i.sources)
      for (const file of queriedFiles(source))
        if ((await stampOf(file.path)) !== file.stamp && (await hashFile(file.path)) !== file.sha256)
          throw fail('source.changed', {
            message: `"${basename(file.path)}"${i.node.title === basename(file.path) ? '' : `, the file of "${i.node.title}",`} changed while it was read.`,
            mend: 'Run again when nobody writes to it.',
            node: i.node.id,
            param: source.param,
          });
    // What the parts read was looked at when each was written.
    if (i.parted !== undefined) return;
    for (const input of [...i.inputs.values()].flat()) await visit(input.instance);
  };
  await visit(instance);
}
