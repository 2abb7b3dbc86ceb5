/** The kinds of nodes that are known. */
import type { AnySpec } from '../../shared/kind/define-spec.ts';

export type Specs = ReadonlyMap<string, AnySpec>;
