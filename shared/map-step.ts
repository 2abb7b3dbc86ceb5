/** Kinds whose rows pass a batch function of `methods/functions`: a step of a model like any, though no SQL can say it. */
import type { SourceFolder, SourceFolderFile } from './source/source-folder.ts';
import type { Sql } from './sql.ts';

/** Which text of a row is asked about, and what becomes of the answer. */
export interface MapStep {
  /** The column of texts. */
  column: string;
  /** A folder of `methods/functions`. */
  function: string;
  settings: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** What the columns are called that it gives, in its order. What it gives beyond them is for `tell` alone. */
  names: readonly string[];
  /** The function gives one list of numbers: it stands in a column for each (with its number behind the only name), or as one vector. */
  list?: 'columns' | 'vector';
  /** Of the folder that a parameter names the files that go with the model: the function reads them there. */
  files?: { param: string; of: (folder: SourceFolder) => readonly SourceFolderFile[] };
  /** The one among `names` that is called as the texts' own takes its place. */
  replaces?: boolean;
  /** Which rows stay, by the columns that it gives. */
  keeps?: (given: readonly Sql[]) => Sql;
}
