/** DuckDB's tree of a statement: plain JSON whose form is not declared, read field by field. */
export type Tree = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asRecord = (value: unknown): Tree => (isRecord(value) ? value : {});
export const asRecords = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.filter(isRecord) : []);
export const asTexts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** DuckDB's own parser, and what its functions do. */
export interface TreeTools {
  parse: (statement: string) => Promise<unknown>;
  /** The text of a tree; undefined where DuckDB cannot write it. */
  write: (tree: unknown) => Promise<string | undefined>;
  /** Functions that sum up rows, in lower case. */
  aggregates: ReadonlySet<string>;
}
