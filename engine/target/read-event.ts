/** One line of what a run told. */
import { runEvent, type RunEvent } from '../../shared/run-events.ts';

export function readEvent(line: string): RunEvent[] {
  try {
    const parsed = runEvent.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    // Half a line of a process that was killed: it was ended by the one that came after.
    return [];
  }
}

export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
