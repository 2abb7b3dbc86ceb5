/** What runs of the history did, folded from their events: read once for a run that is over, followed for one under way. */
import { useEffect, useState } from 'react';
import { reduceRunEvents, startRunState, type RunState } from '../../../shared/run/run-state.ts';
import { host } from '../rpc/host.ts';

const over = new Map<string, RunState>();
const mostKept = 60;

function keep(state: RunState): void {
  over.set(state.run, state);
  const oldest = over.keys().next().value;
  if (over.size > mostKept && oldest !== undefined) over.delete(oldest);
}

/** By the run's id; a run that could not be read is missing. */
export function useRunStates(runs: readonly string[]): Readonly<Record<string, RunState>> {
  const [states, setStates] = useState<Readonly<Record<string, RunState>>>({});
  const ids = runs.join(' ');
  useEffect(() => {
    const abort = new AbortController();
    const follow = async (run: string): Promise<void> => {
      let state = over.get(run) ?? startRunState(run);
      if (!over.has(run))
        for await (const events of host()['runs.events']({ run, afterSeq: -1 }, { signal: abort.signal })) {
          state = reduceRunEvents(state, events);
          if (abort.signal.aborted) return;
          const now = state;
          setStates((old) => ({ ...old, [run]: now }));
        }
      if (state.status !== 'starting' && state.status !== 'running') keep(state);
    };
    // Without its events a run still has its row: the card of nodes says that nothing is known.
    for (const run of ids.split(' ')) if (run !== '') void follow(run).catch(() => undefined);
    return () => abort.abort();
  }, [ids]);
  const known: Record<string, RunState> = { ...states };
  for (const run of runs) {
    const kept = over.get(run);
    if (kept !== undefined) known[run] = kept;
  }
  return known;
}
