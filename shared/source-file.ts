/** A file that a reader reads: enters the key by its content, never by its path. */
export type SourceFile =
  | { from: 'file'; param: string; path: string }
  | { from: 'resource'; param: string; path: string }
  /** One file, every file under a folder whose name ends so, or those that a pattern (`sales/*.parquet`) names: read as one table, in the order of their paths. */
  | { from: 'files'; param: string; path: string; endings: readonly string[] }
  /**
   * Every file under a folder, or in a ZIP archive, whose name ends so (`.png`), hidden ones aside; by names and contents together. For tasks. `bundled`: it
   * comes with the program.
   */
  | { from: 'folder'; param: string; path: string; endings: readonly string[]; bundled?: boolean };
