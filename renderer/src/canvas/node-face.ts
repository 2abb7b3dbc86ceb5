/** What a node's card says: its run state × whether its result is fresh × what is wrong with it, in one word and one line. */
import type { Problem } from '../../../shared/errors.ts';
import type { PipelineNode } from '../../../shared/pipeline/file.ts';
import type { CheckResult } from '../../../shared/rpc/contract/check.ts';
import { storedBytes, type OutputFact } from '../../../shared/run/run-events.ts';
import { oneTraining, type MetricPoint, type NodeRunState } from '../../../shared/run/run-state.ts';
import type { AnySpec } from '../../../shared/spec/define-spec.ts';
import { sayMetric } from '../report/report-text.ts';
import { isMachineFigure, timesOf } from '../training/training-facts.ts';
import { sayBytes, sayDuration, sayRows } from '../text/say.ts';
import { t } from '../text/t.ts';

export type FaceState =
  | 'idle'
  | 'queued'
  | 'running'
  | 'paused'
  | 'done'
  | 'cached'
  | 'stale'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'interrupted'
  | 'disabled'
  | 'unknown'
  | 'problem'
  | 'untrusted';

export interface FaceInput {
  node: PipelineNode;
  spec: AnySpec | undefined;
  check: CheckResult['nodes'][string] | undefined;
  problems: readonly Problem[];
  run: NodeRunState | undefined;
  /** The run is under way. */
  running: boolean;
  /** The run will come to it, or has. */
  planned?: boolean;
  /** The run's facts are of the pipeline as it is now (this node and all that feeds it). */
  current: boolean;
  trusted: boolean;
  nowMs: number;
}
export interface Face {
  state: FaceState;
  /** The state in a word; beside a running ring its share: "62 %". */
  word: string;
  /** One line in plain words: what it does, or why it did not. */
  line: string;
  /** Why it is in this state, in a sentence, for the tip. */
  why?: string | undefined;
  left?: string | undefined;
  right?: string | undefined;
  /** The footer in full, where something is left away. */
  tip?: string | undefined;
  /** 0 to 1; null: running, and nobody knows how far. */
  progress?: number | null;
  curve?: readonly Series[];
  problem?: Problem | undefined;
  warnings: number;
}

export function nodeFace(input: FaceInput): Face {
  const { node, check, run } = input;
  const state = faceState(input);
  const line = sayLine(input);
  const warnings = new Set(
    [...input.problems.filter((p) => p.severity === 'warning'), ...(input.current ? (run?.warnings ?? []) : [])].map(
      (p) => p.message,
    ),
  ).size;
  const base = { state, word: t(`states.${state}`), line, warnings };
  const outputs =
    (input.running && run && run.outputs.length > 0 ? run.outputs : undefined) ?? check?.freshness.outputs ?? [];
  const took = check?.freshness.ms;
  switch (state) {
    case 'running':
      return { ...base, ...runningFace(run, input.nowMs) };
    case 'paused':
      return { ...base, ...runningFace(run, input.nowMs), word: t('states.paused'), right: undefined };
    case 'queued':
      return { ...base, left: run?.reason ?? t('states.waits'), why: run?.reason };
    case 'done':
      return {
        ...base,
        ...footOf(outputs, sayTime(run?.ms ?? took)),
        why: input.current ? run?.reason : undefined,
      };
    case 'cached':
      return {
        ...base,
        ...footOf(
          outputs,
          run?.savedMs === undefined ? sayTime(took) : t('states.savedTime', { time: sayDuration(run.savedMs) }),
        ),
        why: run?.reason,
      };
    case 'stale':
      return { ...base, left: check?.freshness.reason, right: sayBefore(outputs), why: check?.freshness.reason };
    case 'failed':
      return { ...base, problem: run?.problem, why: run?.problem?.message };
    case 'skipped':
      return { ...base, line: run?.reason ?? line, why: run?.reason };
    case 'problem': {
      const problem = input.problems.find((p) => p.severity === 'error');
      return { ...base, problem, why: problem?.message };
    }
    case 'cancelled':
      return { ...base, left: t('states.cancelledLine') };
    case 'interrupted':
      return { ...base, left: t('states.interruptedLine') };
    case 'disabled':
      return { ...base, left: t('states.switchedOff') };
    case 'unknown':
      return { ...base, line: node.kind, left: t('states.unknownLine') };
    case 'untrusted':
    case 'idle':
      return { ...base, why: check?.freshness.reason };
  }
}

function faceState({ node, spec, check, problems, run, running, planned, current, trusted }: FaceInput): FaceState {
  if (spec === undefined || check?.unknownKind === true) return 'unknown';
  if (node.disabled === true) return 'disabled';
  if (run !== undefined && running && run.state !== 'idle')
    return run.state === 'running' && run.pausedMs !== undefined ? 'paused' : run.state;
  if (running && planned === true) return 'queued';
  if (problems.some((p) => p.severity === 'error')) return 'problem';
  const fresh = check?.freshness.state ?? 'never';
  if (fresh === 'fresh') return current && run?.state === 'cached' ? 'cached' : 'done';
  if (
    current &&
    run !== undefined &&
    (run.state === 'failed' || run.state === 'skipped' || run.state === 'cancelled' || run.state === 'interrupted')
  )
    return run.state;
  if (fresh === 'stale') return 'stale';
  // What has an effect beyond its outputs is never in the cache, but it did run.
  if (current && run?.state === 'done') return 'done';
  return trusted ? 'idle' : 'untrusted';
}

function sayLine({ node, spec, check }: FaceInput): string {
  if (check !== undefined && check.summary !== '') return check.summary;
  const parsed = spec?.params.safeParse(node.params);
  return spec === undefined || parsed?.success !== true ? (spec?.about ?? node.kind) : spec.summary(parsed.data);
}

function runningFace(run: NodeRunState | undefined, nowMs: number): Partial<Face> {
  const fraction = run?.progress ?? null;
  const { elapsedMs: elapsed = 0, leftMs } = run === undefined ? {} : timesOf(run, nowMs);
  const curve = seriesOf(oneTraining(run?.curve ?? []).points);
  return {
    progress: fraction,
    word: fraction === null ? t('states.running') : `${Math.round(fraction * 100)} %`,
    left: run?.progressText ?? sayLatest(curve),
    right:
      leftMs === undefined
        ? elapsed > 1000
          ? sayDuration(elapsed)
          : undefined
        : t('states.timeLeft', { time: sayDuration(leftMs) }),
    ...(curve.length > 0 ? { curve } : {}),
    why: run?.reason,
  };
}

const sayTime = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : sayDuration(ms));

/** A figure has the whole footer for its name: how long it took is in the tip. */
function footOf(outputs: readonly OutputFact[], time: string | undefined): Pick<Face, 'left' | 'right' | 'tip'> {
  const left = saySize(outputs);
  if (figureIn(outputs) === undefined) return { left, right: time };
  return { left, tip: [left, time].filter((part) => part !== undefined).join(' · ') };
}
/** What it gave before: of a figure its value, since why that no longer holds needs the room. */
function sayBefore(outputs: readonly OutputFact[]): string | undefined {
  const figure = figureIn(outputs);
  return figure === undefined ? saySize(outputs) : sayMetric(figure.value);
}
const figureIn = (outputs: readonly OutputFact[]): OutputFact['figure'] =>
  outputs.find((o) => o.figure !== undefined)?.figure;

/** The figure that its report tells first, else rows of the first table, else the size of what was made. */
export function saySize(outputs: readonly OutputFact[]): string | undefined {
  const figure = figureIn(outputs);
  if (figure !== undefined) return `${sayMetric(figure.value)} ${figure.title}`;
  const table = outputs.find((o) => o.rows !== undefined);
  if (table?.rows !== undefined) return sayRows(table.rows);
  // A table that is a query has no size of its own: what is stored is only what was learnt for it.
  const bytes = storedBytes(outputs.filter((o) => o.wire !== 'table'));
  return bytes > 0 ? sayBytes(bytes) : undefined;
}

export interface Series {
  name: string;
  values: readonly number[];
}
const sayLatest = (curve: readonly Series[]): string | undefined => {
  const last = curve[0]?.values.at(-1);
  return curve[0] === undefined || last === undefined ? undefined : `${curve[0].name} ${last.toPrecision(3)}`;
};

/** The curves of a running node, by name, at most two and at most 120 points each. */
export function seriesOf(points: readonly MetricPoint[]): Series[] {
  const byName = new Map<string, number[]>();
  for (const { name, value } of points) {
    if (value === null || isMachineFigure(name)) continue;
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  return [...byName]
    .filter(([, values]) => values.length > 1)
    .sort(([a], [b]) => weight(b) - weight(a))
    .slice(0, 2)
    .map(([name, values]) => ({ name, values: thin(values, 120) }));
}
/** The loss first, and of it what counts: rows that were not learnt from. */
const weight = (name: string): number => (name.endsWith('loss') ? 2 : 0) + (/^(valid|held)/.test(name) ? 1 : 0);
function thin(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))] ?? 0);
}
