/** The size of the result store, counted again only when it may have changed: counting reads a file for each result. */
import type { ArtifactStore, StoreSizes } from '../store/artifacts/artifact-store.ts';

export interface CacheSizes {
  get: () => Promise<StoreSizes>;
  /** Counts anew the next time. */
  forget: () => void;
}
const atMostEveryMs = 5000;

export function makeCacheSizes(artifacts: ArtifactStore): CacheSizes {
  let counted: { sizes: Promise<StoreSizes>; atMs: number } | undefined;
  return {
    get: () => {
      if (counted === undefined || performance.now() - counted.atMs > atMostEveryMs)
        counted = { sizes: artifacts.sizes(), atMs: performance.now() };
      return counted.sizes;
    },
    forget: () => {
      counted = undefined;
    },
  };
}
