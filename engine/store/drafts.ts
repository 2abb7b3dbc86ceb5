/** Work in pipelines that are open, or were left unsaved: written with each step. */
import type { Database } from 'better-sqlite3';
import type { PipelineFile } from '../../shared/pipeline/file.ts';

export interface Draft {
  draft: string;
  path: string | null;
  title: string;
  file: PipelineFile;
  savedHash: string | null;
  time_ms: number;
  /** The last edit of each window that is in the file. */
  seqs: Readonly<Record<string, number>>;
}
interface StoredDraft {
  draft: string;
  path: string | null;
  title: string;
  file_json: string;
  saved_hash: string | null;
  time_ms: number;
  seqs_json: string;
}

export interface DraftRepository {
  keep: (draft: Draft) => void;
  get: (draft: string) => Draft | undefined;
  forget: (draft: string) => void;
  /** Given up by a person: no longer listed, and forgotten for good by `forgetDiscarded`. Keeping it again brings it back. */
  discard: (draft: string, timeMs: number) => void;
  takeBack: (draft: string) => void;
  forgetDiscarded: (beforeMs: number) => void;
  /** Newest first. */
  list: () => Draft[];
  /** The newest work on a saved pipeline. */
  ofPath: (path: string) => Draft | undefined;
}

export function openDrafts(database: Database): DraftRepository {
  const keep = database.prepare<[string, string | null, string, string, string | null, number, string]>(
    `INSERT INTO drafts (draft, path, title, file_json, saved_hash, time_ms, seqs_json) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (draft) DO UPDATE SET path = excluded.path, title = excluded.title, file_json = excluded.file_json, saved_hash = excluded.saved_hash,
       time_ms = excluded.time_ms, seqs_json = excluded.seqs_json, discarded_ms = NULL`,
  );
  const get = database.prepare<[string], StoredDraft>('SELECT * FROM drafts WHERE draft = ? AND discarded_ms IS NULL');
  const forget = database.prepare<[string]>('DELETE FROM drafts WHERE draft = ?');
  const discard = database.prepare<[number, string]>('UPDATE drafts SET discarded_ms = ? WHERE draft = ?');
  const takeBack = database.prepare<[string]>(
    'UPDATE drafts SET discarded_ms = NULL WHERE draft = ? AND discarded_ms IS NOT NULL',
  );
  const forgetDiscarded = database.prepare<[number]>('DELETE FROM drafts WHERE discarded_ms < ?');
  const list = database.prepare<[], StoredDraft>(
    'SELECT * FROM drafts WHERE discarded_ms IS NULL ORDER BY time_ms DESC',
  );
  const ofPath = database.prepare<[string], StoredDraft>(
    'SELECT * FROM drafts WHERE path = ? AND discarded_ms IS NULL ORDER BY time_ms DESC LIMIT 1',
  );
  const toDraft = ({ draft, path, title, time_ms, file_json, saved_hash, seqs_json }: StoredDraft): Draft => ({
    draft,
    path,
    title,
    time_ms,
    file: JSON.parse(file_json),
    savedHash: saved_hash,
    seqs: JSON.parse(seqs_json),
  });
  const found = (stored: StoredDraft | undefined): Draft | undefined =>
    stored === undefined ? undefined : toDraft(stored);
  return {
    keep: (d) =>
      void keep.run(
        d.draft,
        d.path,
        d.title,
        JSON.stringify(d.file),
        d.savedHash,
        Math.round(d.time_ms),
        JSON.stringify(d.seqs),
      ),
    get: (draft) => found(get.get(draft)),
    forget: (draft) => void forget.run(draft),
    discard: (draft, timeMs) => void discard.run(Math.round(timeMs), draft),
    takeBack: (draft) => void takeBack.run(draft),
    forgetDiscarded: (beforeMs) => void forgetDiscarded.run(Math.round(beforeMs)),
    list: () => list.all().map(toDraft),
    ofPath: (path) => found(ofPath.get(path)),
  };
}
