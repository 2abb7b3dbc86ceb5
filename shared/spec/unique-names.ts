/** Gives each new column a name that no other has, whatever the case of its letters (DuckDB knows no difference): `a`, `a_2`, `a_3`. */
export function uniqueNames(wanted: readonly string[], taken: readonly string[]): string[] {
  const used = new Set(taken.map(fold));
  return wanted.map((name) => {
    let unique = name;
    for (let n = 2; used.has(fold(unique)); n++) unique = `${name}_${n}`;
    used.add(fold(unique));
    return unique;
  });
}

const fold = (name: string): string => name.toLowerCase();
