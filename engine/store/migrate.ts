/** Brings a store to this version's form. Each step is numbered SQL in one transaction; the file is copied before the first. */
import type { Database } from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { fail } from '../../shared/errors.ts';
import { sql as start } from './migrations/001-start.ts';
import { sql as prompts } from './migrations/002-prompts.ts';
import { sql as targets } from './migrations/003-targets.ts';
import { sql as serviceOrigins } from './migrations/004-service-origins.ts';
import { sql as windows } from './migrations/005-windows.ts';
import { sql as settings } from './migrations/006-settings.ts';
import { sql as serviceOffers } from './migrations/007-service-offers.ts';
import { sql as runDrafts } from './migrations/008-run-drafts.ts';
import { sql as runTimes } from './migrations/009-run-times.ts';

/** `migrations[n]` brings a store of version n to n + 1. Never edit one that was released. */
export const migrations: readonly string[] = [
  start,
  prompts,
  targets,
  serviceOrigins,
  windows,
  settings,
  serviceOffers,
  runDrafts,
  runTimes,
];

/** 'FLYW': says that an SQLite file is a store of ours. */
const applicationId = 0x464c5957;

export function migrate(database: Database, path: string, steps: readonly string[] = migrations): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  const id = Number(database.pragma('application_id', { simple: true }));
  if (version > steps.length)
    throw fail('store.newer', {
      message: `The history of this workspace was written by a newer Flowyard (store version ${version}; this one knows ${steps.length}).`,
      mend: 'Update Flowyard to open this workspace.',
      facts: { version, known: steps.length },
    });
  const tables = Number(database.prepare('SELECT count(*) FROM sqlite_master').pluck().get());
  if (id !== applicationId && (version > 0 || tables > 0))
    throw fail('store.not-ours', {
      message: `${path} is an SQLite file of another program.`,
      mend: 'Move it away: Flowyard makes its own.',
    });
  if (version === steps.length) return;
  if (version > 0) copyAside(database, `${path}.before-v${steps.length}`);
  // Tables that are made anew while others refer to them: the references are checked at the end of each step instead.
  database.pragma('foreign_keys = OFF');
  for (let v = version; v < steps.length; v++)
    database
      .transaction(() => {
        database.exec(steps[v] ?? '');
        const broken = database.pragma('foreign_key_check');
        if (Array.isArray(broken) && broken.length > 0)
          throw new Error(`migration ${v + 1} leaves ${broken.length} rows that refer to nothing`);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${v + 1}`);
      })
      .immediate();
  database.pragma('foreign_keys = ON');
}

/** A consistent copy, whatever stands in the write-ahead log. */
function copyAside(database: Database, copy: string): void {
  rmSync(copy, { force: true });
  database.prepare('VACUUM INTO ?').run(copy);
}
