/** The state of a run, folded from its events by one pure function that the window, the command line and the tests share. */
import { unreachable, type Problem } from '../errors.ts';
import type { ReportBlock } from '../report.ts';
import type { OutputFact, RunEvent } from './run-events.ts';

export const nodeRunStates = [
  'idle',
  'queued',
  'running',
  'done',
  'cached',
  'failed',
  'skipped',
  'cancelled',
  'interrupted',
] as const;
export type NodeRunStateName = (typeof nodeRunStates)[number];

export interface MetricPoint {
  name: string;
  value: number | null;
  step?: number;
  /** The fold or sweep value that it is of; missing for the plain node. */
  of?: string;
  timeMs: number;
}
export interface NodeRunState {
  state: NodeRunStateName;
  /** Why it ran, waits, was skipped or came from the cache. */
  reason?: string;
  progress?: number | null;
  progressText?: string;
  startedMs?: number;
  /** It heeds pause, resume and finish. */
  steerable?: boolean;
  /** Since when it stands still. */
  pausedMs?: number;
  /** How long it has stood still before, for the time that is left. */
  stoodMs?: number;
  /** It ends early, with the best that it has. */
  finishing?: boolean;
  ms?: number;
  savedMs?: number;
  outputs: OutputFact[];
  problem?: Problem;
  warnings: Problem[];
  metrics: Record<string, number | null>;
  /** Metrics with a step, newest last: the live curve. */
  curve: MetricPoint[];
  log: { level: 'info' | 'warning'; text: string; timeMs: number }[];
  /** What it shows of its work, in the order in which it came. */
  shown?: readonly ReportBlock[];
}
export interface RunState {
  run: string;
  status: 'starting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  /** Why it has not begun. */
  waits?: string;
  startedMs: number;
  ms?: number;
  lastSeq: number;
  planned?: { compute: string[]; cached: string[]; skipped: string[] };
  nodes: Record<string, NodeRunState>;
  problem?: Problem;
  metrics: Record<string, Record<string, number | null>>;
}

/** The points of one training: of the plain node where it has trained, else of the fold or sweep value that began last. */
export function oneTraining(curve: readonly MetricPoint[]): { of: string | undefined; points: readonly MetricPoint[] } {
  const names = new Set(curve.map((point) => point.of));
  if (names.size <= 1) return { of: curve[0]?.of, points: curve };
  const of = names.has(undefined) ? undefined : [...names].at(-1);
  return { of, points: curve.filter((point) => point.of === of) };
}

export const emptyNodeRun: NodeRunState = { state: 'idle', outputs: [], warnings: [], metrics: {}, curve: [], log: [] };
export const startRunState = (run: string): RunState => ({
  run,
  status: 'starting',
  startedMs: 0,
  lastSeq: -1,
  nodes: {},
  metrics: {},
});

/** Folds many events: a curve is copied once for all of them, since a long training tells tens of thousands of points. */
export function reduceRunEvents(before: RunState, events: readonly RunEvent[]): RunState {
  let state = before;
  const points = new Map<string, MetricPoint[]>();
  for (const event of events) {
    if (event.type !== 'metric' || event.step === undefined) {
      state = reduceRun(state, event);
      continue;
    }
    if (event.seq <= state.lastSeq) continue;
    state = { ...state, lastSeq: event.seq };
    const gathered = points.get(event.node);
    if (gathered === undefined) points.set(event.node, [pointOf(event)]);
    else gathered.push(pointOf(event));
  }
  if (points.size === 0) return state;
  const nodes = { ...state.nodes };
  for (const [id, more] of points) {
    const old = nodes[id] ?? emptyNodeRun;
    nodes[id] = { ...old, curve: [...old.curve, ...more] };
  }
  return { ...state, nodes };
}
const pointOf = (event: Extract<RunEvent, { type: 'metric' }>): MetricPoint => ({
  name: event.name,
  value: event.value,
  step: event.step,
  timeMs: event.time_ms,
  ...(event.variant === undefined ? {} : { of: Object.values(event.variant).join(', ') }),
});

const begun = ({ waits: _, ...state }: RunState): RunState => state;

// Over 80 lines: one case for each event, none longer than its own few lines.
export function reduceRun(state: RunState, event: RunEvent): RunState {
  if (event.seq <= state.lastSeq) return state;
  const next: RunState = { ...state, lastSeq: event.seq };
  /** Folds and sweep values of one node are shown together on its card: the last fact wins, a failure stays. */
  const node = (id: string, change: (old: NodeRunState) => NodeRunState): RunState => ({
    ...next,
    nodes: { ...next.nodes, [id]: change(next.nodes[id] ?? emptyNodeRun) },
  });
  switch (event.type) {
    case 'run-queued':
      return { ...next, waits: event.reason };
    case 'run-started':
      return { ...begun(next), status: 'running', startedMs: event.time_ms };
    case 'run-planned':
      return { ...next, planned: { compute: event.compute, cached: event.cached, skipped: event.skipped } };
    case 'run-moves':
      return next;
    case 'node-queued':
      return node(event.node, (old) => ({ ...old, state: 'queued', reason: event.reason }));
    case 'node-started':
      return node(event.node, (old) => ({
        ...old,
        state: 'running',
        reason: event.reason,
        startedMs: event.time_ms,
        progress: null,
      }));
    case 'node-progress':
      return node(event.node, (old) => ({
        ...old,
        progress: event.fraction,
        ...(event.text === undefined ? {} : { progressText: event.text }),
      }));
    case 'node-steerable':
      return node(event.node, (old) => ({ ...old, steerable: true }));
    case 'node-paused':
      return node(event.node, (old) => ({ ...old, pausedMs: event.time_ms }));
    case 'node-resumed':
      return node(event.node, ({ pausedMs, ...old }) => ({
        ...old,
        stoodMs: (old.stoodMs ?? 0) + (pausedMs === undefined ? 0 : event.time_ms - pausedMs),
      }));
    case 'node-finishing':
      return node(event.node, (old) => ({ ...old, finishing: true }));
    case 'node-log':
      return node(event.node, (old) => ({
        ...old,
        log: [...old.log, { level: event.level, text: event.text, timeMs: event.time_ms }],
      }));
    case 'node-warning':
      return node(event.node, (old) => ({ ...old, warnings: [...old.warnings, event.problem] }));
    case 'node-showed':
      return node(event.node, (old) => ({ ...old, shown: withBlock(old.shown ?? [], event.block) }));
    case 'segment-finished':
      return next;
    case 'node-cached':
      return node(event.node, (old) => ({
        ...old,
        state: 'cached',
        reason: event.reason,
        outputs: event.outputs,
        ...(event.saved_ms === undefined ? {} : { savedMs: event.saved_ms }),
      }));
    case 'node-finished':
      return node(event.node, (old) => ({ ...old, state: 'done', ms: event.ms, progress: 1, outputs: event.outputs }));
    case 'node-failed':
      return node(event.node, (old) => ({ ...old, state: 'failed', problem: event.problem }));
    case 'node-skipped':
      return node(event.node, (old) => ({ ...old, state: 'skipped', reason: event.reason }));
    case 'node-cancelled':
      return node(event.node, (old) => ({ ...old, state: 'cancelled' }));
    case 'metric':
      return node(event.node, (old) =>
        event.step === undefined
          ? { ...old, metrics: { ...old.metrics, [event.name]: event.value } }
          : { ...old, curve: [...old.curve, pointOf(event)] },
      );
    case 'model-registered':
    case 'service-declared':
      return next;
    case 'run-finished':
      return {
        ...next,
        status: event.status,
        ms: event.ms,
        metrics: event.metrics,
        ...(event.problem === undefined ? {} : { problem: event.problem }),
        nodes: Object.fromEntries(
          Object.entries(next.nodes).map(([id, n]) => [
            id,
            n.state === 'queued' || n.state === 'running'
              ? { ...n, state: event.status === 'cancelled' ? ('cancelled' as const) : ('interrupted' as const) }
              : n,
          ]),
        ),
      };
    default:
      return unreachable(event);
  }
}

function withBlock(shown: readonly ReportBlock[], block: ReportBlock): ReportBlock[] {
  const at = shown.findIndex((one) => one.title === block.title);
  return at < 0 ? [...shown, block] : shown.with(at, block);
}
