/** The columns before and after a node beside each other: which came, which went, and what is other about those that stayed. */
import type { Column } from '../../../shared/wires.ts';
import type { Profile, ProfileColumn } from '../text/profile-words.ts';

export type ColumnFate = 'added' | 'removed' | 'kept';
export interface ColumnChange {
  name: string;
  fate: ColumnFate;
  /** As it is after; a removed one as it was. */
  column: Column;
  /** The type before, when it is another one after. */
  oldType: string | undefined;
  before: ProfileColumn | undefined;
  after: ProfileColumn | undefined;
}

/** In the order after the node, removed ones last. Profiles may still be on their way. */
export function compareColumns(
  before: readonly Column[],
  after: readonly Column[],
  profiles: { before: Profile | null; after: Profile | null },
): ColumnChange[] {
  const find = (profile: Profile | null, name: string): ProfileColumn | undefined =>
    profile?.columns.find((c) => c.name === name);
  const stayed = after.map((column): ColumnChange => {
    const old = before.find((c) => c.name === column.name);
    return {
      name: column.name,
      fate: old === undefined ? 'added' : 'kept',
      column,
      oldType: old === undefined || old.type === column.type ? undefined : old.type,
      before: find(profiles.before, column.name),
      after: find(profiles.after, column.name),
    };
  });
  const gone = before
    .filter((c) => !after.some((other) => other.name === c.name))
    .map((column): ColumnChange => ({
      name: column.name,
      fate: 'removed',
      column,
      oldType: undefined,
      before: find(profiles.before, column.name),
      after: undefined,
    }));
  return [...stayed, ...gone];
}

/** With `touchedFirst`, and in a wide table, first what the node touched. `most`: how many columns are shown. */
export function columnsToShow(
  columns: readonly ColumnChange[],
  changedCells: ReadonlyMap<string, number>,
  { most, touchedFirst }: { most: number; touchedFirst: boolean },
): readonly ColumnChange[] {
  if (columns.length <= most && !touchedFirst) return columns;
  const isTouched = (c: ColumnChange): boolean =>
    c.fate !== 'kept' || c.oldType !== undefined || (changedCells.get(c.name) ?? 0) > 0;
  return [...columns.filter(isTouched), ...columns.filter((c) => !isTouched(c))].slice(0, most);
}
