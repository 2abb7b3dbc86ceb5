/** What the host says about itself, and whether it answers. */
import { create } from 'zustand';
import type { Answer } from '../rpc/host-client.ts';

export type Connection = 'connecting' | 'ready' | 'lost';
interface AppState {
  connection: Connection;
  info: Answer<'app.info'> | null;
  status: Answer<'app.status'> | null;
}
export const useApp = create<AppState>()(() => ({ connection: 'connecting', info: null, status: null }));
