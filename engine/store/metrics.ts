/** Metrics of runs, with the curve of those that have steps. */
import type { Database } from 'better-sqlite3';

export interface MetricPoint {
  node: string;
  variant: string;
  name: string;
  step: number | null;
  value: number | null;
  signature: string | null;
  time_ms: number;
}
export interface MetricRepository {
  insert: (run: string, point: MetricPoint) => void;
  ofRun: (run: string) => MetricPoint[];
}

export function openMetrics(database: Database): MetricRepository {
  const insert = database.prepare<
    [string, string, string, string, number | null, number | null, string | null, number]
  >('INSERT INTO metrics (run, node, variant, name, step, value, signature, time_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const ofRun = database.prepare<[string], MetricPoint>(
    'SELECT node, variant, name, step, value, signature, time_ms FROM metrics WHERE run = ? ORDER BY id',
  );
  return {
    insert: (run, { node, variant, name, step, value, signature, time_ms }) =>
      void insert.run(run, node, variant, name, step, value, signature, Math.round(time_ms)),
    ofRun: (run) => ofRun.all(run),
  };
}
