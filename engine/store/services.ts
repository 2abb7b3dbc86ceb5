/** Deployments: what the person wants. Whether one runs now is known by the host that started it. */
import type { Database } from 'better-sqlite3';
import type { Json } from './json-columns.ts';

export interface StoredService {
  name: string;
  model: string;
  model_version: number;
  model_key: string;
  wanted: 'running' | 'stopped';
  port: number | null;
  token: string | null;
  settings: Record<string, Json>;
  created_ms: number;
  /** `pipeline#node` that declared it; null: deployed by hand. */
  origin: string | null;
}
type Stored = Omit<StoredService, 'settings'> & { settings_json: string };

/** What a run declares. */
export interface ServiceDeclaration {
  name: string;
  model: string;
  modelVersion: number;
  modelKey: string;
  settings: Record<string, Json>;
  /** `pipeline#node`. */
  origin: string;
}

export interface ServiceRepository {
  /** A service of that name gets another model: its port and creation time stay unless given; what waited for the name waits no more. */
  save: (service: StoredService) => void;
  list: () => StoredService[];
  get: (name: string) => StoredService | undefined;
  setWanted: (name: string, wanted: StoredService['wanted']) => void;
  setPort: (name: string, port: number) => void;
  /** It waits until a person takes it, or the service is given another model or removed. */
  offer: (offer: ServiceDeclaration) => void;
  offerOf: (name: string) => ServiceDeclaration | undefined;
  remove: (name: string) => void;
  keys: () => string[];
}

export function openServices(database: Database): ServiceRepository {
  const save = database.prepare<
    [string, string, number, string, string, number | null, string | null, string, number, string | null]
  >(
    `INSERT INTO services (name, model, model_version, model_key, wanted, port, token, settings_json, created_ms, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET model = excluded.model, model_version = excluded.model_version, model_key = excluded.model_key, wanted = excluded.wanted,
       port = coalesce(excluded.port, port), token = excluded.token, settings_json = excluded.settings_json, origin = excluded.origin, offer_json = NULL`,
  );
  const columns = 'name, model, model_version, model_key, wanted, port, token, settings_json, created_ms, origin';
  const list = database.prepare<[], Stored>(`SELECT ${columns} FROM services ORDER BY name`);
  const get = database.prepare<[string], Stored>(`SELECT ${columns} FROM services WHERE name = ?`);
  const setWanted = database.prepare<[string, string]>('UPDATE services SET wanted = ? WHERE name = ?');
  const setPort = database.prepare<[number, string]>('UPDATE services SET port = ? WHERE name = ?');
  const remove = database.prepare<[string]>('DELETE FROM services WHERE name = ?');
  const offer = database.prepare<[string, string]>('UPDATE services SET offer_json = ? WHERE name = ?');
  const offerOf = database.prepare<[string], string | null>('SELECT offer_json FROM services WHERE name = ?').pluck();
  const keys = database
    .prepare<[], string>(
      `SELECT model_key FROM services UNION SELECT offer_json ->> '$.modelKey' FROM services WHERE offer_json IS NOT NULL`,
    )
    .pluck();
  const toService = ({ settings_json, ...rest }: Stored): StoredService => ({
    ...rest,
    settings: JSON.parse(settings_json),
  });
  return {
    save: (s) =>
      void save.run(
        s.name,
        s.model,
        s.model_version,
        s.model_key,
        s.wanted,
        s.port,
        s.token,
        JSON.stringify(s.settings),
        Math.round(s.created_ms),
        s.origin,
      ),
    list: () => list.all().map(toService),
    get: (name) => {
      const stored = get.get(name);
      return stored === undefined ? undefined : toService(stored);
    },
    setWanted: (name, wanted) => void setWanted.run(wanted, name),
    setPort: (name, port) => void setPort.run(port, name),
    remove: (name) => void remove.run(name),
    offer: (made) => void offer.run(JSON.stringify(made), made.name),
    offerOf: (name) => {
      const stored = offerOf.get(name) ?? null;
      return stored === null ? undefined : JSON.parse(stored);
    },
    keys: () => keys.all(),
  };
}
