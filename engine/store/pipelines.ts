/** Pipelines that were opened here, contents that may run, and unsaved work. */
import type { Database } from 'better-sqlite3';
import type { PipelineFile } from '../../shared/pipeline/file.ts';

export interface Draft {
  draft: string;
  path: string | null;
  title: string;
  file: PipelineFile;
  savedHash: string | null;
  time_ms: number;
}
interface StoredDraft {
  draft: string;
  path: string | null;
  title: string;
  file_json: string;
  saved_hash: string | null;
  time_ms: number;
}

export interface PipelineRepository {
  opened: (path: string, title: string, timeMs: number) => void;
  recent: (limit: number) => { path: string; title: string; opened_ms: number }[];
  forget: (path: string) => void;
  trust: (contentHash: string, why: 'saved-here' | 'person', timeMs: number) => void;
  isTrusted: (contentHash: string) => boolean;
}
export interface DraftRepository {
  keep: (draft: Draft) => void;
  forget: (draft: string) => void;
  list: () => Draft[];
  /** The newest unsaved work on a saved pipeline. */
  ofPath: (path: string) => Draft | undefined;
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

export function openDrafts(database: Database): DraftRepository {
  const keep = database.prepare<[string, string | null, string, string, string | null, number]>(
    `INSERT INTO drafts (draft, path, title, file_json, saved_hash, time_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (draft) DO UPDATE SET path = excluded.path, title = excluded.title, file_json = excluded.file_json, saved_hash = excluded.saved_hash, time_ms = excluded.time_ms`,
  );
  const forget = database.prepare<[string]>('DELETE FROM drafts WHERE draft = ?');
  const list = database.prepare<[], StoredDraft>('SELECT * FROM drafts ORDER BY time_ms DESC');
  const ofPath = database.prepare<[string], StoredDraft>(
    'SELECT * FROM drafts WHERE path = ? ORDER BY time_ms DESC LIMIT 1',
  );
  const toDraft = ({ file_json, saved_hash, ...rest }: StoredDraft): Draft => ({
    ...rest,
    file: JSON.parse(file_json),
    savedHash: saved_hash,
  });
  return {
    keep: (d) => void keep.run(d.draft, d.path, d.title, JSON.stringify(d.file), d.savedHash, Math.round(d.time_ms)),
    forget: (draft) => void forget.run(draft),
    list: () => list.all().map(toDraft),
    ofPath: (path) => {
      const stored = ofPath.get(path);
      return stored === undefined ? undefined : toDraft(stored);
    },
  };
}
