/** Pipelines that were opened here, and contents that may run. */
import type { Database } from 'better-sqlite3';

export interface PipelineRepository {
  opened: (path: string, title: string, timeMs: number) => void;
  recent: (limit: number) => { path: string; title: string; opened_ms: number }[];
  forget: (path: string) => void;
  trust: (contentHash: string, why: 'saved-here' | 'person', timeMs: number) => void;
  isTrusted: (contentHash: string) => boolean;
}
export function openPipelines(database: Database): PipelineRepository {
  const opened = database.prepare<[string, string, number]>(
    'INSERT INTO pipelines (path, title, opened_ms) VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE SET title = excluded.title, opened_ms = excluded.opened_ms',
  );
  const recent = database.prepare<[number], { path: string; title: string; opened_ms: number }>(
    'SELECT path, title, opened_ms FROM pipelines ORDER BY opened_ms DESC LIMIT ?',
  );
  const forget = database.prepare<[string]>('DELETE FROM pipelines WHERE path = ?');
  const trust = database.prepare<[string, string, number]>(
    'INSERT INTO trusted_contents (hash, why, time_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const isTrusted = database.prepare<[string], { hash: string }>('SELECT hash FROM trusted_contents WHERE hash = ?');
  return {
    opened: (path, title, timeMs) => void opened.run(path, title, Math.round(timeMs)),
    recent: (limit) => recent.all(limit),
    forget: (path) => void forget.run(path),
    trust: (contentHash, why, timeMs) => void trust.run(contentHash, why, Math.round(timeMs)),
    isTrusted: (contentHash) => isTrusted.get(contentHash) !== undefined,
  };
}
