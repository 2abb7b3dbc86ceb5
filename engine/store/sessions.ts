/** Browsers that may open the window, by the hash of their cookie: they outlive the host. */
import type { Database } from 'better-sqlite3';

export interface SessionRepository {
  add: (session: { hash: string; port: number; nowMs: number; endsMs: number }) => void;
  /** When it was used last, if it has not ended. */
  usedMs: (hash: string, nowMs: number) => number | undefined;
  /** It goes on until then. */
  use: (hash: string, nowMs: number, endsMs: number) => void;
  forgetEnded: (nowMs: number) => void;
  /** Where the windows that were used last look for their host. */
  lastPort: (nowMs: number) => number | undefined;
}

/** Of more than these the one that was not used for the longest time goes. */
const mostSessions = 200;

export function openSessionRepository(database: Database): SessionRepository {
  const add = database.prepare<[string, number, number, number, number]>(
    'INSERT INTO sessions (hash, port, created_ms, used_ms, ends_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const removeOld = database.prepare<[number]>(
    'DELETE FROM sessions WHERE hash NOT IN (SELECT hash FROM sessions ORDER BY used_ms DESC LIMIT ?)',
  );
  const used = database
    .prepare<[string, number], number>('SELECT used_ms FROM sessions WHERE hash = ? AND ends_ms > ?')
    .pluck();
  const use = database.prepare<[number, number, string]>('UPDATE sessions SET used_ms = ?, ends_ms = ? WHERE hash = ?');
  const forgetEnded = database.prepare<[number]>('DELETE FROM sessions WHERE ends_ms <= ?');
  const lastPort = database
    .prepare<[number], number>('SELECT port FROM sessions WHERE ends_ms > ? ORDER BY used_ms DESC LIMIT 1')
    .pluck();
  return {
    add: ({ hash, port, nowMs, endsMs }) => {
      add.run(hash, port, nowMs, nowMs, endsMs);
      removeOld.run(mostSessions);
    },
    usedMs: (hash, nowMs) => used.get(hash, nowMs),
    use: (hash, nowMs, endsMs) => void use.run(nowMs, endsMs, hash),
    forgetEnded: (nowMs) => void forgetEnded.run(nowMs),
    lastPort: (nowMs) => lastPort.get(nowMs),
  };
}
