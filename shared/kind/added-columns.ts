import type { Column } from '../wires.ts';
import { uniqueNames } from './unique-names.ts';

/** Columns that a node adds, under names that its input does not have. */
export function addedColumns(wanted: readonly Column[], input: readonly Column[]): Column[] {
  const names = uniqueNames(
    wanted.map((c) => c.name),
    input.map((c) => c.name),
  );
  return wanted.map((c, i) => ({ ...c, name: names[i] ?? c.name }));
}
