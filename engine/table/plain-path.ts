/** A file's name as DuckDB is to read it: stars, question marks and brackets are signs of a pattern there, by which `a[1].csv` would be the file `a1.csv` beside it. */
export const plainPath = (path: string): string => path.replaceAll(/[[*?]/g, (sign) => `[${sign}]`);
