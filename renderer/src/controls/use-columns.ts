import { useMemo } from 'react';
import { hiddenColumns, typeFamily, type Column } from '../../../shared/wires.ts';
import { useInputSchema } from '../state/runs/check.ts';
import type { FormField } from './form-field.ts';

const none: readonly Column[] = [];

/** The columns that a field may name: those of its input, of the families that it takes. `known`: whether the input's columns are known at all. */
export function useColumns(
  node: string,
  field: FormField,
): { columns: readonly Column[]; all: readonly Column[]; known: boolean } {
  const schema = useInputSchema(node, field.meta.port ?? 'rows');
  const families = field.meta.families;
  return useMemo(() => {
    const all = schema?.columns.filter((c) => !hiddenColumns.includes(c.name)) ?? none;
    return {
      all,
      columns: families === undefined ? all : all.filter((c) => families.includes(typeFamily(c.type))),
      known: schema !== undefined,
    };
  }, [schema, families]);
}
