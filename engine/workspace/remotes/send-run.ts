/** A run on its way to a remote and back: its record is kept at each step, and what it leaves there is tidied up. */
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { TargetSettings } from '../../../shared/targets.ts';
import { startPlacedRun } from '../../remote/placement/placed-run.ts';
import type { PlacedRecord, PlacedRun, PlacedRunOptions } from '../../remote/placement/placed-types.ts';
import { tidyUp } from '../../remote/staging/clean-up.ts';
import type { Placement } from '../../store/targets.ts';
import type { Connected, Connections } from './connections.ts';
import { planOutside } from './plan-outside.ts';
import type { RemoteManagerOptions } from './remote-manager-types.ts';

export interface Sending extends RemoteManagerOptions {
  connections: Connections;
  /** Under way: a process that lives for one run waits for them. */
  tidying: Set<Promise<void>>;
}

export function sendRun(
  sending: Sending,
  placement: Placement,
  onEvent: (event: RunEvent) => void,
  makeHere: PlacedRunOptions['makeHere'],
): PlacedRun {
  const { store, artifacts, changes, installation, shipCommand, connections, now } = sending;
  const { run, settings, request } = placement;
  const record: PlacedRecord = { ...placement };
  let held: Connected | undefined;
  const hold = (): Connected => {
    held ??= connections.reach(settings);
    return held;
  };
  const placed = startPlacedRun({
    run,
    request,
    settings,
    record,
    ready: connections.prepare(settings).then(() => void (hold().users += 1)),
    target: hold,
    wasReached: () => {
      const row = store.targets.get(settings.name);
      return (row?.host_key ?? row?.facts ?? placement.submittedMs) !== null && row !== undefined;
    },
    ship: (wanted, signal) => planOutside(shipCommand, wanted, signal),
    artifacts,
    installation,
    onEvent,
    ...(makeHere === undefined ? {} : { makeHere }),
    keep: (kept) => {
      store.flush(() =>
        store.placements.save({ ...placement, ...kept, endedMs: kept.phase === 'ended' ? now() : null }),
      );
      changes.notify('targets');
    },
    now,
  });
  void placed.ended.then((how) => {
    if (held !== undefined) connections.release(settings);
    if (how === 'here')
      store.placements.save({
        ...placement,
        ...record,
        phase: 'ended',
        words: record.submittedMs === null ? 'all was here already' : '',
        endedMs: now(),
      });
    if (how !== 'detached' && record.submittedMs !== null) tidy(sending, settings);
  });
  return placed;
}

function tidy({ connections, store, tidying }: Sending, settings: TargetSettings): void {
  const days = Number(settings.options['keep'] ?? 7);
  const done = connections
    .using(settings, ({ open }) =>
      // Where a step is a job, what it leaves behind ends with it.
      tidyUp(open.files, { olderThanDays: days, keep: store.placements.open() }, open.shell.stepMs < 1000),
    )
    .catch(() => undefined)
    .finally(() => tidying.delete(done));
  tidying.add(done);
}
