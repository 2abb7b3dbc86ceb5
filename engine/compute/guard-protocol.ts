/** What is said between a guard and whoever started it: one JSON object a line. */
export interface WatchOrder {
  pid: number;
  /** It is ended above this. */
  limitBytes: number;
  /** What it may count on: above the limit of all together, the one goes that is furthest above its share. */
  shareBytes: number;
  /** It is also ended when this is no longer its parent. */
  parent?: number;
}
export type GuardOrder = { watch: WatchOrder } | { forget: number } | { total: number };

/** Why a process was ended. */
export interface Over {
  pid: number;
  bytes: number;
  limitBytes: number;
  /** Its own limit, or that of all processes together. */
  of: 'own' | 'all';
}
/** `watches`: from now on. */
export type GuardWord = { watches: number } | { over: Over } | { forgotten: number; over?: Over };
