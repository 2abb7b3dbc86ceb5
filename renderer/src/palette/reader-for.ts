import { specs } from '../../../nodes/specs.ts';
import type { AnySpec } from '../../../shared/spec/define-spec.ts';
import { fieldMeta } from '../../../shared/spec/fields.ts';

/** The type under which the palette drags a kind. */
export const kindDragType = 'application/x-flowyard-kind';

/** The kind that reads such a file, by the ends that its file parameter names. */
export function readerFor(name: string): { spec: AnySpec; param: string } | undefined {
  for (const spec of specs.values())
    if (spec.category === 'read')
      for (const [param, schema] of Object.entries(spec.params.shape)) {
        const meta = fieldMeta(schema);
        if (
          meta?.widget === 'file' &&
          meta.extensions?.some((end) => name.toLowerCase().endsWith(end.startsWith('.') ? end : `.${end}`))
        )
          return { spec, param };
      }
  return undefined;
}
