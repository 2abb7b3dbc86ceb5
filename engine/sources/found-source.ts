/** A source of a reader, found: what was planned, by content. */
import type { Column } from '../../shared/wires.ts';
import type { FoundFolder } from './source-folder.ts';

export interface FoundSource {
  param: string;
  path: string;
  /** The person's file, where `path` is a copy of it with other letters. */
  original?: string;
  sha256: string;
  bytes: number;
  /** Size, time and inode when it was hashed. */
  stamp: string;
  /** The files stayed where the run comes from, since nothing that is computed reads them: their columns. */
  columns?: readonly Column[];
  /** The files lie on a remote: here is a file with their columns, and no rows. */
  standIn?: { target: string; path: string };
  /** The folder's files are one table, which queries read. */
  isTable?: true;
  /** What a folder held: whoever reads one of its files compares it with its hash. */
  folder?: FoundFolder;
  /** It has not been read yet: it is named by its place, for now. Never so in a run. */
  isProvisional?: true;
}
