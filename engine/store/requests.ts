/** Requests that services answered: what monitoring reads. */
import type { Database } from 'better-sqlite3';
import type * as z from 'zod';
import type { requestRow } from '../../shared/rpc/contract.ts';

export type RequestRow = z.output<typeof requestRow>;
export type NewRequest = Omit<RequestRow, 'id'>;
export interface RequestTotals {
  requests: number;
  errors: number;
  p50_ms: number | null;
  p95_ms: number | null;
}
/** Older requests of a service go when it has more than this. */
export const keptRequests = 100_000;
/** Latencies are those of the newest requests. */
const latencyWindow = 1000;

export interface RequestRepository {
  insert: (request: NewRequest) => void;
  list: (service: string, limit: number) => RequestRow[];
  totals: (service: string) => RequestTotals;
  removeOld: (service: string) => void;
  removeAll: (service: string) => void;
}

export function openRequests(database: Database): RequestRepository {
  const insert = database.prepare<
    [string, number, number, number, number, string, string, number, string, string, string | null]
  >(
    'INSERT INTO requests (service, time_ms, row_count, latency_ms, status, model, model_key, model_version, input_json, output_json, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const list = database.prepare<
    [string, number],
    Omit<RequestRow, 'input' | 'output'> & { input_json: string; output_json: string }
  >(
    'SELECT id, service, time_ms, row_count AS rows, latency_ms, status, model, model_key, model_version, input_json, output_json, error FROM requests WHERE service = ? ORDER BY id DESC LIMIT ?',
  );
  const count = database.prepare<[string], { requests: number; errors: number | null }>(
    'SELECT count(*) AS requests, sum(status >= 400) AS errors FROM requests WHERE service = ?',
  );
  const latencies = database.prepare<[string, number], { latency_ms: number }>(
    'SELECT latency_ms FROM (SELECT latency_ms FROM requests WHERE service = ? AND status < 400 ORDER BY id DESC LIMIT ?) ORDER BY latency_ms',
  );
  const removeOld = database.prepare<[string, string, number]>(
    'DELETE FROM requests WHERE service = ? AND id <= (SELECT id FROM requests WHERE service = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
  );
  const removeAll = database.prepare<[string]>('DELETE FROM requests WHERE service = ?');
  return {
    insert: (r) =>
      void insert.run(
        r.service,
        Math.round(r.time_ms),
        r.rows,
        r.latency_ms,
        r.status,
        r.model,
        r.model_key,
        r.model_version,
        JSON.stringify(r.input),
        JSON.stringify(r.output),
        r.error,
      ),
    list: (service, limit) =>
      list.all(service, limit).map(({ input_json, output_json, ...rest }) => ({
        ...rest,
        input: JSON.parse(input_json),
        output: JSON.parse(output_json),
      })),
    totals: (service) => {
      const { requests = 0, errors = 0 } = count.get(service) ?? {};
      const sorted = latencies.all(service, latencyWindow).map(({ latency_ms }) => latency_ms);
      return { requests, errors: errors ?? 0, p50_ms: quantile(sorted, 0.5), p95_ms: quantile(sorted, 0.95) };
    },
    removeOld: (service) => void removeOld.run(service, service, keptRequests),
    removeAll: (service) => void removeAll.run(service),
  };
}

/** The smallest value that at least this share does not exceed. */
const quantile = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? null;
