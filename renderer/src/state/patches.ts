/**
 * The one place that speaks to the patch library. Its own types recurse without end over JSON values, so a file passes through it
 * without them; what comes out has the form of what went in, since patches only set what an edit set.
 */
import { apply, create, type Patches } from 'mutative';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';

export type { Patches };

interface Untyped {
  create: (
    base: PipelineFile,
    edit: (draft: PipelineFile) => void,
    options: { enablePatches: true },
  ) => [PipelineFile, Patches, Patches];
  apply: (base: PipelineFile, patches: Patches) => PipelineFile;
}
const library = { create, apply } as unknown as Untyped;

export function editWithPatches(
  base: PipelineFile,
  edit: (draft: PipelineFile) => void,
): { file: PipelineFile; patches: Patches; inverse: Patches } {
  const [file, patches, inverse] = library.create(
    base,
    (draft) => {
      edit(draft);
    },
    { enablePatches: true },
  );
  return { file, patches, inverse };
}

export const applyPatches = (base: PipelineFile, patches: Patches): PipelineFile => library.apply(base, patches);
