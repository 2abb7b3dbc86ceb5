/** One line of what a run told. */
import { setTimeout } from 'node:timers/promises';
import { runEvent, type RunEvent } from '../../../shared/run/run-events.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';

export function readEvent(line: string): RunEvent[] {
  try {
    const parsed = runEvent.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    // Half a line of a process that was killed: it was ended by the one that came after.
    return [];
  }
}

/** Keys of the results that an event names. */
export const resultsOf = (event: RunEvent): string[] =>
  event.type === 'node-finished' || event.type === 'node-cached'
    ? event.outputs.map(({ key }) => key.split('/')[0] ?? '')
    : [];
export const hasCome = (event: RunEvent, artifacts: Pick<ArtifactStore, 'find'>): boolean =>
  resultsOf(event).every((key) => artifacts.find(key) !== undefined);

/** Ends early, and in peace, when the signal says so. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);
