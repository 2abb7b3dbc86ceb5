/**
 * What a long computation is given from outside: a way to be stopped, to say how far it is, and to let the thread breathe. `methods/` knows no
 * timers, so the caller brings `pause` (for instance a macrotask); without it a stop is seen only when the flag is set from another thread.
 */
export interface LongTask {
  /** An `AbortSignal` fits. */
  readonly signal?: { readonly aborted: boolean; readonly reason?: unknown };
  /** Share of the work that is done, 0 to 1, never falling. */
  readonly onProgress?: (fraction: number) => void;
  readonly pause?: () => Promise<void>;
}

/** Lets the thread breathe, then throws the signal's reason if the work is no longer wanted. */
export async function breathe(task: LongTask): Promise<void> {
  throwIfStopped(task);
  if (!task.pause) return;
  await task.pause();
  throwIfStopped(task);
}

export function throwIfStopped(task: LongTask): void {
  if (!task.signal?.aborted) return;
  throw task.signal.reason instanceof Error ? task.signal.reason : new Error('stopped');
}
