/**
 * The one place that speaks to the library of drafts. Its own types recurse without end over JSON values, so a file passes through it without them; what comes
 * out has the form of what went in, and what the edit did not touch is the same object.
 */
import { create } from 'mutative';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';

const untyped = create as unknown as (base: PipelineFile, edit: (draft: PipelineFile) => void) => PipelineFile;

export const editCopy = (base: PipelineFile, edit: (draft: PipelineFile) => void): PipelineFile =>
  untyped(base, (draft) => {
    edit(draft);
  });
