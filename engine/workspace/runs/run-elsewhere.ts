/** A run on a remote, and what of it is made here before or after. */
import type { RunRequest } from '../../run/run-request.ts';
import { memoryOfOneRun } from '../../compute/budget.ts';
import type { PlacedPart } from '../../remote/placement/placed-part.ts';
import type { PlacedRun } from '../../remote/placement/placed-types.ts';
import { namedSecrets } from '../../secrets/named-secrets.ts';
import { deal, newLiveRun, finishedNodes, secretStays, type LiveRun } from './live-run.ts';
import type { NewRunRequest } from './new-run-request.ts';
import { endRun, takeEvent } from './run-facts.ts';
import { queueRun } from './run-here.ts';
import { runNodesHere } from './run-nodes-here.ts';
import type { Runs } from './runs-state.ts';

/** What cannot be sent is refused before there is a run. */
export function refuseSending({ options }: Runs, { file, parameters }: NewRunRequest, target: string): void {
  options.targets?.get(target);
  const [name] = namedSecrets(file, parameters);
  if (name !== undefined) throw secretStays(name);
}

export function placeRun(
  runs: Runs,
  run: string,
  one: LiveRun,
  { request, target, part, heavy }: { request: RunRequest; target: string; part?: PlacedPart; heavy: boolean },
): void {
  const { store, targets } = runs.options;
  if (targets === undefined) throw new Error('there is no elsewhere');
  const sent = part === undefined ? request : { ...request, parts: part.nodes };
  store.flush();
  const placed = targets.place(
    run,
    sent,
    target,
    part?.resources ?? {},
    (event) => takeEvent(runs, run, one, event),
    makeHere(runs, run, one),
  );
  watchPlaced(runs, run, one, placed, heavy);
}

/** Follows a run that another process sent. Whether it does now. */
export function attachRun(runs: Runs, run: string): boolean {
  const { live, options } = runs;
  const { store, targets, changes, now } = options;
  const row = store.runs.get(run);
  const placement = store.placements.get(run);
  if (live.has(run) || row === undefined || placement === undefined || placement.phase === 'ended') return false;
  if (row.finished_ms !== null) {
    // It was told to its end, and only that was not written down.
    store.placements.save({ ...placement, phase: 'ended', endedMs: row.finished_ms });
    return false;
  }
  const one = newLiveRun((share) => ({ ...placement.request, parts: undefined, ...deal(share) }), now());
  one.seq = store.lastSeq(run) + 1;
  live.set(run, one);
  const placed = targets?.attach(run, (event) => takeEvent(runs, run, one, event), makeHere(runs, run, one));
  if (placed === undefined) {
    live.delete(run);
    return false;
  }
  watchPlaced(runs, run, one, placed, false);
  changes.notify('runs');
  return true;
}

function watchPlaced(runs: Runs, run: string, one: LiveRun, placed: PlacedRun, heavy: boolean): void {
  one.placed = placed;
  void placed.ended.then((how) => {
    one.placed = undefined;
    if (runs.closing || how === 'detached') {
      runs.live.delete(run);
      return;
    }
    if (how === 'here') {
      one.reportedElsewhere = finishedBefore(runs, run);
      return queueRun(runs, run, one, { threads: undefined, heavy });
    }
    void endRun(runs, run, one);
  });
}

/** Some nodes of a run here, before the rest is sent elsewhere. */
const makeHere =
  (runs: Runs, run: string, one: LiveRun) =>
  async (nodes: readonly string[], signal: AbortSignal): Promise<void> => {
    const { runnerCommand, readSecrets = async () => ({}) } = runs.options;
    await runNodesHere(one, nodes, signal, {
      budget: runs.budget,
      wish: { memoryBytes: memoryOfOneRun() },
      command: runnerCommand,
      secretsOf: ({ file, parameters }) => readSecrets(namedSecrets(file, parameters)),
      onEvent: (event) => takeEvent(runs, run, one, event),
    });
    one.reportedElsewhere = finishedBefore(runs, run);
  };

const finishedBefore = ({ options }: Runs, run: string) =>
  finishedNodes(options.store.eventsAfter(run, -1, Number.MAX_SAFE_INTEGER));
