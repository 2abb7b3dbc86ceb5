import type { AnySpec } from '../kind/define-spec.ts';
import type { PipelineNode } from './file.ts';

/**
 * What people call a node: as they named it; a reader by the file or folder that it reads, since two of them must be told apart; else its kind.
 * Nothing of it is written to the pipeline's file.
 */
export function nodeTitle(
  node: Pick<PipelineNode, 'title' | 'params'> | undefined,
  spec: Pick<AnySpec, 'title' | 'category'> | undefined,
): string | undefined {
  return node?.title ?? (spec?.category === 'read' ? sourceName(node?.params) : undefined) ?? spec?.title;
}

/** The last word of its path. A run's parameter in its place is an object and names nothing yet. */
function sourceName(params: PipelineNode['params'] = {}): string | undefined {
  const path = [params['file'], params['folder'], params['from']].find((value) => typeof value === 'string');
  const name = path
    ?.split(/[/\\]/)
    .findLast((word) => word !== '')
    ?.trim();
  return name === undefined || name === '' ? undefined : name;
}
