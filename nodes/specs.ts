/** Every node kind's declaration, found by its folder when the window is bundled. Nothing here computes. */
import type { AnySpec } from '../shared/kind/define-spec.ts';

const modules = import.meta.glob<AnySpec>('./*/*/spec.ts', { eager: true, import: 'spec' });

export const specs: ReadonlyMap<string, AnySpec> = new Map(
  Object.values(modules)
    .sort((a, b) => (a.kind < b.kind ? -1 : 1))
    .map((spec) => [spec.kind, spec]),
);
