import SqliteDatabase from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { FlowyardError } from '../../shared/errors.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import { migrations } from './migrate.ts';
import { openStore } from './store.ts';
import { toyStoreForEachTest } from '../../test/support/toy-store.ts';

const here = toyStoreForEachTest();
const { startRun } = here;
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
    expect(here.store.checkIntegrity()).toEqual([]);
    expect(new SqliteDatabase(here.path, { readonly: true }).pragma('journal_mode', { simple: true })).toBe('wal');
    expect(readFileSync(join(here.workspace, '.flowyard', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('a newer file is refused in a clear sentence and left alone', () => {
    here.store.close();
    const database = new SqliteDatabase(here.path);
    database.pragma('user_version = 99');
    database.close();
    expect(codeOf(() => openStore(here.workspace))).toBe('store.newer');
    expect(codeOf(() => openStore(here.workspace, { damaged: 'set-aside' }))).toBe('store.newer');
    expect(existsSync(here.path)).toBe(true);
  });

  test('a migration keeps what was there and a copy of the file before it; one that fails changes nothing', () => {
    startRun();
    here.store.close();
    expect(
      codeOf(() =>
        openStore(here.workspace, {
          migrations: [...migrations, 'ALTER TABLE runs ADD COLUMN note TEXT; ALTER TABLE nothing ADD COLUMN x TEXT;'],
        }),
      ),
    ).toBe('store.failed');
    here.reopen({
      migrations: [...migrations, "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';"],
    });
    expect(here.store.runs.get('run-1')?.title).toBe('Churn');
    const copy = new SqliteDatabase(`${here.path}.before-v${migrations.length + 1}`, { readonly: true });
    expect([
      copy.pragma('user_version', { simple: true }),
      copy.prepare('SELECT title FROM runs').pluck().get(),
    ]).toEqual([migrations.length, 'Churn']);
    copy.close();
  });

  test('an SQLite file of another program is refused', () => {
    const other = mkdtempSync(join(here.workspace, 'other-'));
    mkdirSync(join(other, '.flowyard'));
    const database = new SqliteDatabase(join(other, '.flowyard', 'flowyard.sqlite'));
    database.exec('CREATE TABLE bookmarks (url TEXT)');
    database.close();
    expect(codeOf(() => openStore(other))).toBe('store.not-ours');
  });

  test('a damaged file is refused, or set aside whole and begun anew', () => {
    here.store.close();
    writeFileSync(here.path, 'this is not a database, not at all, and long enough to be looked at'.repeat(100));
    expect(codeOf(() => openStore(here.workspace))).toBe('store.corrupt');
    here.reopen({ damaged: 'set-aside', now: () => 42 });
    expect(here.store.notice?.code).toBe('store.corrupt');
    expect(readFileSync(`${here.path}.damaged-42`, 'utf8')).toContain('not a database');
    startRun();
    expect(here.store.runs.get('run-1')?.status).toBe('queued');
  });

  test('a file that is removed beside a running app takes no more work, and says so', () => {
    const file = validate({ flowyard: 1 });
    const keep = (): void =>
      here.store.drafts.keep({ draft: 'd', path: null, title: '', file, savedHash: null, time_ms: 1, seqs: {} });
    keep();
    rmSync(join(here.workspace, '.flowyard'), { recursive: true });
    expect(codeOf(keep)).toBe('store.gone');
    // Another file under its name is not the one that is written to.
    mkdirSync(join(here.workspace, '.flowyard'));
    writeFileSync(here.path, 'another');
    expect(codeOf(keep)).toBe('store.gone');
  });

  test('a workspace that is gone is not made', () => {
    expect(codeOf(() => openStore(join(here.workspace, 'gone')))).toBe('store.no-workspace');
    expect(existsSync(join(here.workspace, 'gone'))).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')(
    'a folder that takes no files opens as a copy, and says that nothing is kept',
    () => {
      // Of its own: what others make beside it is not counted.
      vi.stubEnv('TMPDIR', mkdtempSync(join(tmpdir(), 'flowyard-copies-')));
      const readOnly = openStore('/sys/kernel');
      expect([
        readOnly.readOnly,
        readOnly.notice?.code,
        readOnly.runs.list({ limit: 1, beforeMs: null, pipeline: null }),
      ]).toEqual([true, 'store.read-only', []]);
      readOnly.close();
      expect(readdirSync(tmpdir())).toEqual([]);
      rmSync(tmpdir(), { recursive: true });
      vi.unstubAllEnvs();
    },
  );
});
