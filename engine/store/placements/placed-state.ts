/** What must be known to find a run again that is somewhere else: kept in SQLite, nothing of it only in memory. */
import * as z from 'zod';
import { largest, smallest } from '../../../shared/append.ts';
import { runEvent } from '../../../shared/run/run-events.ts';
import { jobResources } from '../../../shared/targets.ts';
import { runExit } from './run-layout.ts';

const jobHandle = z.object({ name: z.string(), id: z.string(), run: z.string(), submitted_ms: z.number() });

export const placedTask = z.object({
  trials: z.array(z.int()).optional(),
  parts: z.array(z.string()).optional(),
  /** Those of a later stage are handed over when the earlier ones are done. */
  stage: z.int().default(0),
  /** What it makes for the next stage, by key: it stays there. */
  keeps: z.array(z.string()).optional(),
  /** What earlier stages, or earlier runs, have made for it, by key. */
  made: z.array(z.string()).optional(),
  /** Bytes of its events that are in the history. */
  offset: z.number(),
  exit: runExit.optional(),
  /** Its `run-finished`, until all tasks have theirs. */
  finished: runEvent.optional(),
});
export type PlacedTask = z.output<typeof placedTask>;

export const placedState = z.object({
  resources: jobResources,
  /** The name under which the next job is handed over: written down before it is. */
  intent: z.string().nullable(),
  /** Where the engine lies, and which Node runs it. */
  runtime: z.object({ folder: z.string(), node: z.string() }).nullable(),
  jobs: z.array(jobHandle),
  tasks: z.array(placedTask),
  /** First look at which the scheduler no longer knew the job while it was silent. */
  goneSince_ms: z.number().nullable(),
  tries: z.int(),
  hasStarted: z.boolean(),
  cancelAsked: z.boolean(),
});
export type PlacedState = z.output<typeof placedState>;

export const freshState = (resources: PlacedState['resources']): PlacedState => ({
  resources,
  intent: null,
  runtime: null,
  jobs: [],
  tasks: [],
  goneSince_ms: null,
  tries: 0,
  hasStarted: false,
  cancelAsked: false,
});

/** The first stage that has not ended. */
export const stageOf = (state: PlacedState): number =>
  smallest([...state.tasks.flatMap((task) => (task.exit === undefined ? task.stage : [])), lastStage(state)]);
const lastStage = (state: PlacedState): number => largest([0, ...state.tasks.map((task) => task.stage)]);
/** Results that are made there for each other, and are not fetched. */
export const keptThere = (state: PlacedState): Set<string> =>
  new Set(state.tasks.flatMap(({ keeps = [], made = [] }) => [...keeps, ...made]));
/** Looked up before it is used again: another one for each stage and try. */
export const jobName = (run: string, stage: number, tries: number): string =>
  `fy-${run}${stage === 0 ? '' : '-whole'}${tries === 0 ? '' : `-${tries}`}`;

/** How a task is started on the remote. */
export function commandOf(state: PlacedState, run: string): string {
  const { folder = '', node = 'node' } = state.runtime ?? {};
  const binary = node.includes('/') ? `"$ROOT"/${node}` : node;
  return `exec ${binary} "$ROOT"/${folder}/engine.js "$ROOT" ${run} $TASK`;
}
