/** The one place where a fact of a run becomes rows: for a run on this machine, a replayed stream from another one, and the end of a run whose runner died. */
import type { Database } from 'better-sqlite3';
import { unreachable, type Problem } from '../../shared/errors.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { isTransient, type OutputFact, type RunEvent } from '../../shared/run/run-events.ts';
import type { EventRepository } from './events.ts';
import type { MetricRepository } from './metrics.ts';

export interface RecordTables {
  database: Database;
  events: EventRepository;
  metrics: MetricRepository;
}

const variantText = (variant: Readonly<Record<string, unknown>> | undefined): string =>
  variant === undefined || Object.keys(variant).length === 0 ? '' : compactJson(variant);

/** Gives the function that records one event. The caller opens the transaction, one for many events. */
// Over 80 lines: one case for each event that has a table.
export function makeRecorder({ database, events, metrics }: RecordTables): (event: RunEvent) => void {
  const hasRun = database.prepare<[string], { id: string }>('SELECT id FROM runs WHERE id = ?');
  const setStatus = database.prepare<[string, string]>('UPDATE runs SET status = ? WHERE id = ?');
  const finish = database.prepare<[string, number, number, string, string | null, string]>(
    'UPDATE runs SET status = ?, finished_ms = ?, ms = ?, metrics_json = ?, problem_json = ? WHERE id = ?',
  );
  const endOpenNodes = database.prepare<[string, string]>(
    "UPDATE node_runs SET state = ? WHERE run = ? AND state IN ('queued', 'running')",
  );
  const setNode = database.prepare<
    [string, string, string, string, string | null, number | null, number | null, number | null, string | null]
  >(
    `INSERT INTO node_runs (run, node, variant, state, reason, started_ms, ms, saved_ms, problem_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, node, variant) DO UPDATE SET state = excluded.state, reason = coalesce(excluded.reason, reason), started_ms = coalesce(excluded.started_ms, started_ms),
       ms = coalesce(excluded.ms, ms), saved_ms = coalesce(excluded.saved_ms, saved_ms), problem_json = coalesce(excluded.problem_json, problem_json)`,
  );
  const setOutput = database.prepare<
    [string, string, string, string, string, string, number | null, number | null, number | null]
  >(
    `INSERT INTO artifacts (run, node, variant, port, key, wire, row_count, column_count, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run, node, variant, port) DO UPDATE SET key = excluded.key, wire = excluded.wire, row_count = excluded.row_count, column_count = excluded.column_count, bytes = excluded.bytes`,
  );

  interface NodeChange {
    reason?: string;
    startedMs?: number;
    ms?: number;
    savedMs?: number;
    problem?: Problem;
    outputs?: readonly OutputFact[];
  }
  function changeNode(
    event: { run: string; node: string; variant?: Readonly<Record<string, unknown>> | undefined },
    state: string,
    change: NodeChange = {},
  ): void {
    const variant = variantText(event.variant);
    setNode.run(
      event.run,
      event.node,
      variant,
      state,
      change.reason ?? null,
      change.startedMs ?? null,
      change.ms ?? null,
      change.savedMs ?? null,
      change.problem === undefined ? null : JSON.stringify(change.problem),
    );
    for (const output of change.outputs ?? [])
      setOutput.run(
        event.run,
        event.node,
        variant,
        output.port,
        output.key,
        output.wire,
        output.rows ?? null,
        output.columns ?? null,
        output.bytes ?? null,
      );
  }

  return (event) => {
    // A late fact of a run that a person removed is nobody's.
    if (isTransient(event) || hasRun.get(event.run) === undefined) return;
    if (!events.insert(event)) return;
    switch (event.type) {
      case 'run-started':
        setStatus.run('running', event.run);
        return;
      case 'node-queued':
        return changeNode(event, 'queued', { reason: event.reason });
      case 'node-started':
        return changeNode(event, 'running', { reason: event.reason, startedMs: Math.round(event.time_ms) });
      case 'node-cached':
        return changeNode(event, 'cached', {
          reason: event.reason,
          outputs: event.outputs,
          ...(event.saved_ms === undefined ? {} : { savedMs: event.saved_ms }),
        });
      case 'node-finished':
        return changeNode(event, 'done', { ms: event.ms, outputs: event.outputs });
      case 'node-failed':
        return changeNode(event, 'failed', { problem: event.problem });
      case 'node-skipped':
        return changeNode(event, 'skipped', { reason: event.reason });
      case 'node-cancelled':
        return changeNode(event, 'cancelled');
      case 'metric':
        metrics.insert(event.run, {
          node: event.node,
          variant: variantText(event.variant),
          name: event.name,
          step: event.step ?? null,
          value: event.value,
          signature: event.signature ?? null,
          time_ms: event.time_ms,
        });
        return;
      case 'run-finished':
        finish.run(
          event.status,
          Math.round(event.time_ms),
          event.ms,
          JSON.stringify(event.metrics),
          event.problem === undefined ? null : JSON.stringify(event.problem),
          event.run,
        );
        endOpenNodes.run(event.status === 'cancelled' ? 'cancelled' : 'interrupted', event.run);
        return;
      // These are kept as facts; their rows are made by the host, which knows the model's file and starts the service.
      case 'model-registered':
      case 'service-declared':
      case 'run-queued':
      case 'run-planned':
      case 'run-moves':
      case 'node-progress':
      case 'node-steerable':
      case 'node-paused':
      case 'node-resumed':
      case 'node-finishing':
      case 'node-log':
      case 'node-warning':
      case 'node-showed':
      case 'segment-finished':
        return;
      default:
        return unreachable(event);
    }
  };
}
