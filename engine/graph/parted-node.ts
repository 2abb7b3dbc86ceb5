/** Parts of rows that nobody holds together, as a plan has them. */
/** What becomes of a node whose rows come in parts. */
export interface PartedNode {
  parts: number;
  /** Its own rows in each part, or what each part gives for a merge. */
  form: 'rows' | 'merge';
  /** Inputs that come in parts; the others are whole. */
  ports: readonly string[];
  /** Whole inputs are a part of their own. */
  once: boolean;
  /** The parts end here: what follows has the whole. */
  ends: boolean;
  /** The whole has other bytes than one query would give: it has a key of its own. */
  ownKey: boolean;
}
