import type { DecodedEncoding } from '../media/text-encodings.ts';

/** A file that a reader reads: enters the key by its content, never by its path. */
export type SourceFile =
  /** `encoding`: what queries read is a copy of the text in UTF-8. `json`: its columns are found by walking values. */
  | { from: 'file'; param: string; path: string; encoding?: DecodedEncoding; json?: JsonSample }
  | { from: 'resource'; param: string; path: string }
  /** One file, every file under a folder whose name ends so, or those that a pattern (`sales/*.parquet`) names: read as one table, in the order of their paths. */
  | { from: 'files'; param: string; path: string; endings: readonly string[] }
  /**
   * Every file under a folder, or in a ZIP archive, whose name ends so (`.png`), hidden ones aside; by names and contents together. For tasks. `bundled`: it
   * comes with the program.
   */
  | { from: 'folder'; param: string; path: string; endings: readonly string[]; bundled?: boolean };

/** Of a file of JSON, what its columns are found from. */
export interface JsonSample {
  layout: 'auto' | 'lines' | 'array';
  /** Null: all. */
  rows: number | null;
}

/** Of a file that is not in the encoding that was chosen, what another one is guessed from. */
export interface OddBytes {
  head: Uint8Array;
  /** Lines with bytes beyond ASCII, the first of them. */
  lines: Uint8Array;
}
export interface AskOddBytes {
  oddBytes: (param: string) => Promise<OddBytes>;
}
