/**
 * Results on disk, addressed by their recipe key. A result is a folder of plain files with a manifest; SQLite knows nothing that the folder does not say, so a
 * runner on another machine uses the same store without a database.
 *
 * Layout under `.flowyard/`: `store/<first two letters>/<key>/manifest.json` with the files beside it, `tmp/<run>/<random>/` for what is being written.
 */
import * as z from 'zod';

/** Keys name folders: hexadecimal or base32 text, nothing that a path could be made of. */
export const artifactKey = z.string().regex(/^[a-z0-9]{8,128}$/);

export const artifactPort = z.object({
  wire: z.enum(['table', 'model', 'llm', 'report', 'service']),
  /** Paths inside the artifact's folder, with `/`. */
  files: z.array(z.string()),
  rows: z.number().optional(),
  columns: z.number().optional(),
  /** What the wire's reader needs besides the files: the table's schema with roles, the model's signature. */
  facts: z.record(z.string(), z.json()).optional(),
});
export type ArtifactPort = z.output<typeof artifactPort>;

export const artifactManifest = z.object({
  format: z.literal(1),
  key: artifactKey,
  /** The node kind that computed it. */
  kind: z.string(),
  /** The node's id when it was computed: for people, never part of the key. */
  node: z.string().optional(),
  /** The run that made it: its history holds how it came about. */
  run: z.string().optional(),
  ports: z.record(z.string(), artifactPort),
  files: z.array(z.object({ path: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
  /** How long it took to compute. */
  ms: z.number(),
  createdMs: z.number(),
  /** SHA-256 over the files' paths and hashes: equal bytes have equal content hashes, whatever their recipe. */
  contentHash: z.string(),
  /** Keys of the inputs it was computed from. */
  inputs: z.array(z.string()),
  /** False when the recipe cannot be computed again (a live source): such a result is never collected. */
  recomputable: z.boolean().default(true),
});
export type ArtifactManifest = z.output<typeof artifactManifest>;

/** What the writer says about its result; sizes, hashes and times are the store's business. */
export interface ArtifactDescription {
  kind: string;
  node?: string;
  ports: Readonly<Record<string, ArtifactPort>>;
  ms: number;
  inputs: readonly string[];
  recomputable?: boolean;
}

export interface Artifact {
  key: string;
  folder: string;
  manifest: ArtifactManifest;
  /** Sum of the files, in bytes. */
  bytes: number;
  /** The absolute path of one of its files. */
  file: (path: string) => string;
}

/** A result that is being written. Nothing of it is seen by others before `commit`. */
export interface ArtifactDraft {
  key: string;
  /** Write the files here. */
  folder: string;
  /** Hashes and syncs the files and renames the folder into its place. When another process was first, its result is kept and given back. */
  commit: (description: ArtifactDescription) => Promise<Artifact>;
  /** Removes what was not committed. */
  discard: () => Promise<void>;
}

export interface StoreSizes {
  bytes: number;
  artifacts: number;
}
export interface CollectOptions {
  /** Remove the least recently used until the store is no larger than this. 0 removes all that may go. */
  limitBytes: number;
  /** What registered models, services and the last run of each pipeline refer to. */
  pinned: ReadonlySet<string>;
  /** Nothing used after this moment is removed: a living run may be about to read it. */
  unusedSinceMs?: number;
}

export interface ArtifactStore {
  /** `.flowyard` itself. */
  folder: string;
  readOnly: boolean;
  /** A whole result, or nothing: a folder with a missing, shortened or unlisted file is not served. Counts as use. */
  find: (key: string) => Artifact | undefined;
  /** `find` for many keys at one moment: what cannot be there is known from one look at the store's folder. */
  glance: () => (key: string) => Artifact | undefined;
  /** Starts writing. `run` names the folder in `tmp`, which goes when the run is over. */
  begin: (key: string, run: string) => Promise<ArtifactDraft>;
  /** A folder of the run's own for temporary files (DuckDB's spill): removed with the run. */
  scratch: (run: string) => Promise<string>;
  /** Removes what the run left in `tmp`. */
  endRun: (run: string) => Promise<void>;
  /** Reads every byte and compares it with the manifest. */
  verify: (key: string) => Promise<boolean>;
  list: () => AsyncIterable<Artifact & { usedMs: number }>;
  sizes: () => Promise<StoreSizes>;
  collect: (options: CollectOptions) => Promise<{ freedBytes: number; removed: string[] }>;
  /** Takes one result away, whole: first renamed out of sight, then deleted. */
  remove: (key: string) => Promise<void>;
}
