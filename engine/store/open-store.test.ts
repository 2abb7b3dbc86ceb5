import SqliteDatabase from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowyardError } from '../../shared/errors.ts';
import { pipelineFile } from '../../shared/pipeline/file.ts';
import { migrations } from './migrate.ts';
import { openStore, type Store } from './store.ts';

let workspace = '';
let store: Store;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'flowyard-store-'));
  store = openStore(workspace);
});
afterEach(() => {
  store.close();
  rmSync(workspace, { recursive: true, force: true });
});

const path = (): string => join(workspace, '.flowyard', 'flowyard.sqlite');
const file = pipelineFile.parse({ flowyard: 1, title: 'Churn', nodes: { customers: { kind: 'read.csv' } } });
const startRun = (id = 'run-1', pipeline = 'churn.pipeline.json', startedMs = 1000): void =>
  store.runs.create({ id, pipeline, title: 'Churn', file, parameters: { file: 'a.csv' }, startedMs });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'no error';
  } catch (error) {
    return error instanceof FlowyardError ? error.code : String(error);
  }
};

describe('opening', () => {
  test('a new store is sound, write-ahead and hidden from git', () => {
    expect(store.checkIntegrity()).toEqual([]);
    expect(new SqliteDatabase(path(), { readonly: true }).pragma('journal_mode', { simple: true })).toBe('wal');
    expect(readFileSync(join(workspace, '.flowyard', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('a newer file is refused in a clear sentence and left alone', () => {
    store.close();
    const database = new SqliteDatabase(path());
    database.pragma('user_version = 99');
    database.close();
    expect(codeOf(() => openStore(workspace))).toBe('store.newer');
    expect(codeOf(() => openStore(workspace, { damaged: 'set-aside' }))).toBe('store.newer');
    expect(existsSync(path())).toBe(true);
  });

  test('a migration keeps what was there and a copy of the file before it; one that fails changes nothing', () => {
    startRun();
    store.close();
    expect(
      codeOf(() =>
        openStore(workspace, {
          migrations: [...migrations, 'ALTER TABLE runs ADD COLUMN note TEXT; ALTER TABLE nothing ADD COLUMN x TEXT;'],
        }),
      ),
    ).toBe('store.failed');
    store = openStore(workspace, {
      migrations: [...migrations, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';"],
    });
    expect(store.runs.get('run-1')?.title).toBe('Churn');
    const copy = new SqliteDatabase(`${path()}.before-v2`, { readonly: true });
    expect([
      copy.pragma('user_version', { simple: true }),
      copy.prepare('SELECT title FROM runs').pluck().get(),
    ]).toEqual([1, 'Churn']);
    copy.close();
  });

  test('an SQLite file of another program is refused', () => {
    const other = mkdtempSync(join(workspace, 'other-'));
    mkdirSync(join(other, '.flowyard'));
    const database = new SqliteDatabase(join(other, '.flowyard', 'flowyard.sqlite'));
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.close();
    expect(codeOf(() => openStore(other))).toBe('store.not-ours');
  });

  test('a damaged file is refused, or set aside whole and begun anew', () => {
    store.close();
    writeFileSync(path(), 'this is not a database, not at all, and long enough to be looked at'.repeat(100));
    expect(codeOf(() => openStore(workspace))).toBe('store.corrupt');
    store = openStore(workspace, { damaged: 'set-aside', now: () => 42 });
    expect(store.notice?.code).toBe('store.corrupt');
    expect(readFileSync(`${path()}.damaged-42`, 'utf8')).toContain('not a database');
    startRun();
    expect(store.runs.get('run-1')?.status).toBe('queued');
  });

  test('a workspace that is gone is not made', () => {
    expect(codeOf(() => openStore(join(workspace, 'gone')))).toBe('store.no-workspace');
    expect(existsSync(join(workspace, 'gone'))).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')(
    'a folder that takes no files opens as a copy, and says that nothing is kept',
    () => {
      const readOnly = openStore('/sys/kernel');
      expect([
        readOnly.readOnly,
        readOnly.notice?.code,
        readOnly.runs.list({ limit: 1, beforeMs: null, pipeline: null }),
      ]).toEqual([true, 'store.read-only', []]);
      readOnly.close();
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith('flowyard-read-only-'))).toEqual([]);
    },
  );
});
