import { specs } from '../../../nodes/specs.ts';
import { largest } from '../../../shared/append.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import { fieldMeta, type FieldMeta } from '../../../shared/kind/fields/fields.ts';

/** The type under which the palette drags a kind. */
export const kindDragType = 'application/x-flowyard-kind';

export interface Reader {
  spec: AnySpec;
  param: string;
}

/** The kind that reads such a file, by the ends that its file parameter names. */
export function readerFor(name: string): Reader | undefined {
  return fileFields().find(({ meta }) => endsIn(name, meta.extensions ?? []));
}

/** The kind that reads such a folder: the one that reads most of its files. */
export function readerForFolder(names: readonly string[]): Reader | undefined {
  const counted = fileFields().map((reader) => ({
    reader,
    count: names.filter((name) => endsIn(name, reader.meta.holds ?? [])).length,
  }));
  const most = largest([0, ...counted.map(({ count }) => count)]);
  return most === 0 ? undefined : counted.find(({ count }) => count === most)?.reader;
}

function fileFields(): (Reader & { meta: FieldMeta })[] {
  return [...specs.values()]
    .filter((spec) => spec.category === 'read')
    .flatMap((spec) =>
      Object.entries(spec.params.shape).flatMap(([param, schema]) => {
        const meta = fieldMeta(schema);
        return meta?.widget === 'file' ? [{ spec, param, meta }] : [];
      }),
    );
}

const endsIn = (name: string, ends: readonly string[]): boolean =>
  ends.some((end) => name.toLowerCase().endsWith(end.startsWith('.') ? end : `.${end}`));
