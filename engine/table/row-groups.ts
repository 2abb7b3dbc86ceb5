/** How many rows one group of a Parquet file has. Writing holds a group for each thread: by DuckDB's own 122,880 rows a table of 5,000 columns took gigabytes. */
const usualRows = 122_880;
const mostCells = 8 * 2 ** 20;
/** DuckDB works on this many at a time. */
const vectorRows = 2048;

export function rowGroupSize(columns: number): number {
  const fitting = Math.floor(mostCells / Math.max(1, columns) / vectorRows) * vectorRows;
  return Math.max(vectorRows, Math.min(usualRows, fitting));
}
