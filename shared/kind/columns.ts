/** Column rules, resolved against a schema. One definition for the check, the inspector and the run. */
import { isFeature, typeFamily, type Column, type TypeFamily } from '../wires.ts';
import type { ColumnRule } from './fields/fields.ts';

/** The columns that a rule picks, in the table's order (`names`: in the order given). Rules never pick target, id, group, time or weight columns; names may. */
export function pickColumns(rule: ColumnRule, columns: readonly Column[], families?: readonly TypeFamily[]): Column[] {
  if (rule.by === 'names') return rule.names.flatMap((name) => columns.find((c) => c.name === name) ?? []);
  const except = new Set(rule.except ?? []);
  const allowed = columns.filter(
    (c) => isFeature(c) && !except.has(c.name) && (families === undefined || families.includes(typeFamily(c.type))),
  );
  switch (rule.by) {
    case 'all':
      return allowed;
    case 'type':
      return allowed.filter((c) => typeFamily(c.type) === rule.type);
    case 'pattern': {
      const match = globToRegExp(rule.pattern);
      return allowed.filter((c) => match.test(c.name));
    }
  }
}

/** Names in a rule that the table does not have. */
export function missingColumns(rule: ColumnRule, columns: readonly Column[]): string[] {
  return rule.by === 'names' ? rule.names.filter((name) => !columns.some((c) => c.name === name)) : [];
}

/** `price_*`, `q?`: the two wildcards that people know from files. */
export function globToRegExp(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'u');
}

/** The nearest name, for "did you mean…": at most a third of the letters differ. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Words for a rule: "all numbers except id". */
export function sayColumns(rule: ColumnRule): string {
  const except =
    rule.by !== 'names' && rule.except && rule.except.length > 0 ? ` except ${rule.except.join(', ')}` : '';
  switch (rule.by) {
    case 'all':
      return `all columns${except}`;
    case 'type':
      return `${{ number: 'numbers', text: 'texts', boolean: 'yes/no columns', time: 'dates and times' }[rule.type]}${except}`;
    case 'pattern':
      return `columns like ${rule.pattern}${except}`;
    case 'names':
      return rule.names.length === 0
        ? 'no columns'
        : rule.names.length > 3
          ? `${rule.names.slice(0, 2).join(', ')} and ${rule.names.length - 2} more`
          : rule.names.join(', ');
  }
}
