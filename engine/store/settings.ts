/** What a person chose for the workspace. */
import type { Database } from 'better-sqlite3';
import { runLimits, type RunLimits } from '../../shared/run/run-limits.ts';

export interface SettingsRepository {
  limits: () => RunLimits;
  saveLimits: (limits: RunLimits) => void;
}

export function openSettings(database: Database): SettingsRepository {
  const get = database.prepare<[string], string>('SELECT value_json FROM settings WHERE name = ?').pluck();
  const save = database.prepare<[string, string]>(
    'INSERT INTO settings (name, value_json) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value_json = excluded.value_json',
  );
  return {
    limits: () => runLimits.parse(JSON.parse(get.get('limits') ?? '{}')),
    saveLimits: (limits) => void save.run('limits', JSON.stringify(limits)),
  };
}
