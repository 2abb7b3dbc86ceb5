/** Gives each new column a name that no other has, whatever the case of its letters (DuckDB knows no difference): `a`, `a_2`, `a_3`. A byte of zero, which no name can hold, is shown as ␀. */
export function uniqueNames(wanted: readonly string[], taken: readonly string[]): string[] {
  const used = new Set(taken.map(fold));
  return wanted.map((text) => {
    const name = text.replaceAll('\0', '␀');
    let unique = name;
    for (let n = 2; used.has(fold(unique)); n++) unique = `${name}_${n}`;
    used.add(fold(unique));
    return unique;
  });
}

const fold = (name: string): string => name.toLowerCase();
