/** The columns of a join, with where each comes from: one definition for the check and the query. */
import type { Column } from '../../../shared/wires.ts';

interface Choice {
  how: 'left' | 'inner' | 'right' | 'full' | 'semi' | 'anti';
  keys: readonly { left: string; right: string }[];
  suffix: string;
}
export interface JoinedColumn {
  name: string;
  left?: string;
  right?: string;
}

/** Left columns first; a key stands once, under its left name, and has the right table's value where there is no left row. */
export function joinedNames(
  { how, keys, suffix }: Choice,
  left: readonly Column[],
  right: readonly Column[],
): JoinedColumn[] {
  const bothSides = how === 'right' || how === 'full';
  const ofLeft = left.map(({ name }): JoinedColumn => {
    const key = keys.find((k) => k.left === name);
    return { name, left: name, ...(bothSides && key !== undefined ? { right: key.right } : {}) };
  });
  if (how === 'semi' || how === 'anti') return ofLeft;
  const taken = new Set(left.map((c) => c.name.toLowerCase()));
  const ofRight = right
    .filter(({ name }) => !keys.some((k) => k.right === name))
    .map(({ name }): JoinedColumn => ({
      name: taken.has(name.toLowerCase()) ? `${name}${suffix}` : name,
      right: name,
    }));
  return [...ofLeft, ...ofRight];
}
