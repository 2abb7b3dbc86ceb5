/** What the host says about itself, and whether it answers. */
import { create } from 'zustand';
import type { Problem } from '../../../../shared/errors.ts';
import type { Answer } from '../../rpc/host-client.ts';

/** Ended: somebody answers, but not to this window. */
export type Connection = 'connecting' | 'ready' | 'lost' | 'ended';
/** Nothing can be asked now, though there was somebody. */
export const isAway = (connection: Connection): boolean => connection === 'lost' || connection === 'ended';
export type Changed = Answer<'host.changes'>['what'][number];
interface AppState {
  connection: Connection;
  info: Answer<'app.info'> | null;
  status: Answer<'app.status'> | null;
  problem: Problem | null;
  /** Counts up whenever such a list changed: read it again. */
  changes: Readonly<Partial<Record<Changed, number>>>;
}
export const useApp = create<AppState>()(() => ({
  connection: 'connecting',
  info: null,
  status: null,
  problem: null,
  changes: {},
}));

/** Whether the host answers: without it nothing runs. */
export const useIsConnected = (): boolean => useApp((s) => s.connection === 'ready');

/** A number that changes when the host says that such a list is no longer what was read. */
export const useChanged = (what: Changed): number => useApp((s) => s.changes[what] ?? 0);

let retry = (): void => undefined;
/** Given once, with the connection. */
export const setRetry = (given: () => void): void => void (retry = given);
/** Tries to reach the host at once instead of at the end of the pause. */
export const retryConnection = (): void => retry();
