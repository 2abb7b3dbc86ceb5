/** Unsaved work that the host has written down. */
import { join } from 'node:path';
import { expect } from '@playwright/test';
import SqliteDatabase from 'better-sqlite3';

/** Waits until some unsaved work of the workspace holds this text in its file. */
export async function journalHolds(workspace: string, text: string): Promise<void> {
  const drafts = (): string[] => {
    const database = new SqliteDatabase(join(workspace, '.flowyard', 'flowyard.sqlite'), { readonly: true });
    try {
      return database.prepare<[], string>('SELECT file_json FROM drafts').pluck().all();
    } finally {
      database.close();
    }
  };
  await expect.poll(() => drafts().some((file) => file.includes(text))).toBe(true);
}
