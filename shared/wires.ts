/** The five things on a wire, and what is known of a table before a row is read. */
import * as z from 'zod';

export const wires = ['table', 'model', 'llm', 'report', 'service'] as const;
export type Wire = (typeof wires)[number];

/** What a column is for. Set on Split (or by `clean.types`), it travels with the schema. A column without a role is a feature. */
export const roles = ['target', 'feature', 'id', 'group', 'time', 'weight', 'text', 'image', 'audio'] as const;
export const role = z.enum(roles);
export type Role = z.output<typeof role>;

export const column = z.object({
  name: z.string(),
  /** DuckDB's name of the type: `DOUBLE`, `BIGINT`, `VARCHAR`, `TIMESTAMP`, `DECIMAL(18,3)`, … */
  type: z.string(),
  role: role.optional(),
});
export type Column = z.output<typeof column>;

/** Columns whose names are known only after a fit: one-hot of `island` gives `island_*`. */
export const dynamicColumns = z.object({ pattern: z.string(), type: z.string(), from: z.string() });
export type DynamicColumns = z.output<typeof dynamicColumns>;

export const tableSchema = z.object({
  columns: z.array(column),
  dynamic: z.array(dynamicColumns).optional(),
  /** True from Split on: the rows carry `__row` and `__partition`. */
  split: z.boolean(),
});
export type TableSchema = z.output<typeof tableSchema>;

/** Hidden columns written by Split: the row's rank (BIGINT, from 0) and `train`, `validation`, `test`, `fold 1` … `fold k`. */
export const rowColumn = '__row';
export const partitionColumn = '__partition';
export const hiddenColumns: readonly string[] = [rowColumn, partitionColumn];

/** The families that people think in; every DuckDB type belongs to one. */
export const typeFamilies = ['number', 'text', 'boolean', 'time', 'other'] as const;
export type TypeFamily = (typeof typeFamilies)[number];

const numberType = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|REAL|DECIMAL(\(.*\))?)$/;
const timeType =
  /^(DATE|TIME|TIMESTAMP|TIMESTAMP_S|TIMESTAMP_MS|TIMESTAMP_NS|TIMESTAMP WITH TIME ZONE|TIMESTAMPTZ|TIME WITH TIME ZONE)$/;

export function typeFamily(type: string): TypeFamily {
  if (numberType.test(type)) return 'number';
  if (type === 'VARCHAR' || type.startsWith('ENUM') || type === 'UUID') return 'text';
  if (type === 'BOOLEAN') return 'boolean';
  if (timeType.test(type)) return 'time';
  return 'other';
}

export const isInteger = (type: string): boolean => /INT/.test(type) && numberType.test(type);

/** Roles that a rule such as "all numbers" never picks. */
const protectedRoles: ReadonlySet<Role> = new Set<Role>(['target', 'id', 'group', 'time', 'weight']);
export const isFeature = (c: Column): boolean =>
  !hiddenColumns.includes(c.name) && (c.role === undefined || !protectedRoles.has(c.role));
