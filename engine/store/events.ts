/** Facts of runs: numbered, in order, kept whole. */
import type { Database } from 'better-sqlite3';
import type { RunEvent } from '../../shared/run/run-events.ts';

export interface EventRepository {
  /** False: this fact was recorded before. */
  insert: (event: RunEvent) => boolean;
  /** Facts with a higher number, in order, at most `limit`. */
  after: (run: string, seq: number, limit: number) => RunEvent[];
  lastSeq: (run: string) => number;
}

export function openEvents(database: Database): EventRepository {
  // A fact that came twice (a replayed stream) is the same fact.
  const insert = database.prepare<[string, number, number, string, string]>(
    'INSERT INTO events (run, seq, time_ms, type, body_json) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const after = database.prepare<[string, number, number], { body_json: string }>(
    'SELECT body_json FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const lastSeq = database.prepare<[string], { seq: number | null }>(
    'SELECT max(seq) AS seq FROM events WHERE run = ?',
  );
  return {
    insert: (event) =>
      insert.run(event.run, event.seq, Math.round(event.time_ms), event.type, JSON.stringify(event)).changes > 0,
    after: (run, seq, limit) => after.all(run, seq, limit).map(({ body_json }) => JSON.parse(body_json)),
    lastSeq: (run) => lastSeq.get(run)?.seq ?? -1,
  };
}
