/** Which columns stay, in which order, under which name: one definition for the check and the query. */
import { pickColumns } from '../../../shared/kind/columns.ts';
import type { ColumnRule } from '../../../shared/kind/fields/fields.ts';
import { isFeature, type Column } from '../../../shared/wires.ts';

interface Choice {
  action: 'keep' | 'drop';
  columns: ColumnRule;
  rename: Readonly<Record<string, string>>;
  first: readonly string[];
}

export function outputNames(
  { action, columns: rule, rename, first }: Choice,
  columns: readonly Column[],
): { from: string; to: string }[] {
  const picked = new Set(pickColumns(rule, columns).map((c) => c.name));
  const kept = columns.filter((c) =>
    action === 'drop' ? !picked.has(c.name) : picked.has(c.name) || (rule.by !== 'names' && !isFeature(c)),
  );
  const inFront = first.flatMap((name) => kept.find((c) => c.name === name) ?? []);
  // Names that were listed by hand come in the order of the list.
  const listed =
    action === 'keep' && rule.by === 'names'
      ? rule.names.flatMap((name) => kept.find((c) => c.name === name) ?? [])
      : kept;
  return [...new Set([...inFront, ...listed])].map(({ name }) => ({
    from: name,
    to: Object.hasOwn(rename, name) ? (rename[name] ?? name) : name,
  }));
}
