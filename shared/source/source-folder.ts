/** A folder of files, or a ZIP archive, as it was when the run was planned. */
export interface SourceFolder {
  /** As the person wrote it. */
  name: string;
  files: readonly SourceFolderFile[];
  /** Files of the folder that do not end as asked: how many, and the first few. */
  others: { count: number; names: readonly string[] };
  /** SHA-256 over all paths and contents. */
  version: string;
  /** The version that the last finished run of this workspace read, by path: what changed since is told from it. */
  before: ReadonlyMap<string, string> | null;
}
export interface SourceFolderFile {
  /** Within the folder, with `/`. */
  path: string;
  /** Absolute; of a packed file, its archive's. */
  place: string;
  /** Where it lies in a ZIP archive that is read as a folder. */
  packed?: PackedFile;
  sha256: string;
  bytes: number;
  /** What tells that somebody wrote to it since; not of a copy. */
  stamp?: string;
}
export interface PackedFile {
  /** Of its local header. */
  offset: number;
  /** As it is packed. */
  bytes: number;
  deflated: boolean;
}
