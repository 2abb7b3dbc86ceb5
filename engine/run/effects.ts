/** Effects outside the store: which files a task wrote, so that a second run writes them again only when they are gone or were changed. */
import { statSync } from 'node:fs';
import * as z from 'zod';
import type { Artifact } from '../store/artifacts/artifact-store.ts';

const effect = z.object({ path: z.string(), bytes: z.number(), mtimeMs: z.number() });
export type Effect = z.output<typeof effect>;
/** The port under which a task's effects are kept in its manifest. */
export const effectsPort = 'effects';

export function effectsHold(artifact: Artifact): boolean {
  if (artifact.manifest.ports[effectsPort]?.facts?.['provisional'] === true) return false;
  const parsed = z.array(effect).safeParse(artifact.manifest.ports[effectsPort]?.facts?.['files'] ?? []);
  if (!parsed.success) return false;
  return parsed.data.every((e) => {
    try {
      const now = statSync(e.path);
      return now.size === e.bytes && now.mtimeMs === e.mtimeMs;
    } catch {
      return false;
    }
  });
}

/** A file that was written on another machine is not written here, even where both see it: whoever runs the node here writes it. */
export function madeElsewhere(ports: Artifact['manifest']['ports']): Artifact['manifest']['ports'] {
  const effects = ports[effectsPort];
  return effects === undefined
    ? ports
    : { ...ports, [effectsPort]: { ...effects, facts: { ...effects.facts, provisional: true } } };
}
