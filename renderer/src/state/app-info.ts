/** What the host says about itself, and whether it answers. */
import { create } from 'zustand';
import type { Problem } from '../../../shared/errors.ts';
import type { Answer } from '../rpc/host-client.ts';

export type Connection = 'connecting' | 'ready' | 'lost';
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

/** A number that changes when the host says that such a list is no longer what was read. */
export const useChanged = (what: Changed): number => useApp((s) => s.changes[what] ?? 0);
