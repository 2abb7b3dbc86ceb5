import type { PipelineNode } from '../../../shared/pipeline/file.ts';
import { addNode } from '../../../shared/pipeline/edits/graph.ts';
import type { Reader } from './reader-for.ts';
import { openDocument } from '../state/documents/documents.ts';
import { emptyPipeline } from '../state/files/files.ts';
import { select, showScreen } from '../state/window/view.ts';

/** A new pipeline with the reader alone. */
export function openReader({ spec, param }: Reader, path: string, more: PipelineNode['params']): void {
  const name = path.split('/').at(-1) ?? path;
  const file = emptyPipeline(name.replace(/\.[^.]*$/, ''));
  addNode(file, {
    id: 'data',
    spec,
    at: [0, 0],
    params: { ...more, [param]: path },
    title: name,
  });
  openDocument(file, { path: null, unsaved: true });
  showScreen({ name: 'pipeline' });
  select({ nodes: ['data'] });
}
