/** What a reader is given to look at its file before it is read. */
import type { QueryRows } from './capabilities.ts';
import type { OddBytes } from './source/source-file.ts';

/** A file that a reader is asked about before it is read. */
export interface InspectContext<P> {
  node: string;
  path: string;
  params: P;
  query: QueryRows;
  oddBytes: () => Promise<OddBytes>;
  /** How long its first line is; 0: not known. */
  lineBytes: number;
  signal: AbortSignal;
}
