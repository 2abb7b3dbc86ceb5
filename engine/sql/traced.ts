/** Column lineage as data: what a column is made of, and what a table's rows hang on. */

export interface Traced {
  name: string;
  /** The source columns that its value is made of. */
  values: ReadonlySet<string>;
  /** Those by which it was found: the keys of a look-up, the condition of a check. */
  via: ReadonlySet<string>;
  /** A source column's value as it was. */
  plain: boolean;
  /** The sets of rows (a file's, a grouping's) of which it says something row by row. */
  rowsOf: ReadonlySet<string>;
  /** Sets of rows of which several rows went into one value, and the node where. */
  mixed: ReadonlyMap<string, string>;
  /** What else it is made of, where some of it comes from rows that are earlier by a column: to who divides by that column, those were there before. */
  besidesPast?: {
    by: Pick<Traced, 'name' | 'values'>;
    values: ReadonlySet<string>;
    mixed: ReadonlyMap<string, string>;
  };
  /** It was made in a way that cannot be followed: the rest of what is said here is the worst that may be. */
  unclear?: true;
}
export interface Relation {
  columns: readonly Traced[];
  /** The source columns that decide which rows there are. */
  rows: ReadonlySet<string>;
  /** Each choice of rows by itself, with the columns that it asked: two branches of one table differ by the choices that only one of them has. */
  choices?: Choices;
}
export type Choices = ReadonlyMap<string, ReadonlySet<string>>;
/** Of several tables' choices all, each once. */
export const unionOfChoices = (all: readonly (Choices | undefined)[]): Choices =>
  new Map(all.flatMap((choices) => [...(choices ?? [])]));
/** A column that comes from outside: a reader's, or one of a model's raw row. */
export const sourceColumn = (name: string, source: string, rowsOf?: string): Traced => ({
  name,
  values: new Set([source]),
  via: new Set(),
  plain: true,
  rowsOf: new Set(rowsOf === undefined ? [] : [rowsOf]),
  mixed: new Map(),
});
export const constantColumn = (name: string): Traced => ({
  ...sourceColumn(name, ''),
  values: new Set(),
  plain: false,
});

export const union = <T>(sets: readonly Iterable<T>[]): Set<T> => new Set(sets.flatMap((set) => [...set]));
export const unionOfMaps = (maps: readonly ReadonlyMap<string, string>[]): Map<string, string> =>
  new Map(maps.flatMap((map) => [...map]));

/** One value made of several. */
export function joinTraced(name: string, parts: readonly Traced[]): Traced {
  return {
    name,
    values: union(parts.map((p) => p.values)),
    via: union(parts.map((p) => p.via)),
    plain: false,
    rowsOf: union(parts.map((p) => p.rowsOf)),
    mixed: unionOfMaps(parts.map((p) => p.mixed)),
    ...joinPast(parts),
    ...(parts.some((p) => p.unclear) ? { unclear: true } : {}),
  };
}

/** Of looks back by two columns, neither counts. */
function joinPast(parts: readonly Traced[]): Pick<Traced, 'besidesPast'> {
  const looks = parts.flatMap((p) => p.besidesPast ?? []);
  const [first] = looks;
  if (first === undefined || looks.some((look) => !isSameColumn(look.by, first.by))) return {};
  const rest = parts.map((p) => p.besidesPast ?? p);
  return {
    besidesPast: {
      by: first.by,
      values: union(rest.map((p) => p.values)),
      mixed: unionOfMaps(rest.map((p) => p.mixed)),
    },
  };
}

type Named = Pick<Traced, 'name' | 'values'>;
export const isSameColumn = (a: Named, b: Named): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase() &&
  a.values.size === b.values.size &&
  [...a.values].every((source) => b.values.has(source));
