/** What a run needs on its remote: planned at home, with what was looked at there. */
import type { MovedResult } from '../../../shared/run/run-events.ts';
import type { TargetSettings } from '../../../shared/targets.ts';
import { keepListing } from '../../sources/listings.ts';
import { chooseCut } from '../../plan/plan-cut.ts';
import type { RunRequest } from '../../run/run-request.ts';
import type { Installation } from './bundle.ts';
import { lookThere } from '../there/look-there.ts';
import type { OpenTarget } from '../open-target.ts';
import type { Shipping } from './shipping.ts';

export interface PlanThereOptions {
  request: RunRequest;
  /** What a job asks for; undefined: the scheduler's own default. */
  memoryMb: number | undefined;
  settings: TargetSettings;
  ship: (request: RunRequest) => Promise<Shipping>;
  open: () => OpenTarget;
  /** Where it is kept what lies there. */
  listings: string;
  installation: Installation;
  signal: AbortSignal;
  say: (words: string) => void;
  /** Tells what will move. */
  reportMoves: (moves: readonly MovedResult[]) => void;
  /** Has these nodes computed on this machine, before the rest is sent. */
  makeHere: ((nodes: readonly string[]) => Promise<void>) | undefined;
}
/** Smaller tables fit into any node. */
const largeTableBytes = 2 ** 29;

/** What lies on the remote is looked at before it is planned with; how many parts rows are computed in depends on the memory there. */
export async function planThere(options: PlanThereOptions): Promise<Shipping> {
  const { request, memoryMb, ship } = options;
  const asked = { ...request, memoryBytes: memoryMb === undefined ? 0 : memoryMb * 2 ** 20 };
  let shipping = await ship(asked);
  if (shipping.there.length > 0) {
    options.say(`looking at files on ${options.settings.name}`);
    const listings = await lookThere(options.open(), shipping.there, {
      kinds: shipping.kinds,
      installation: options.installation,
      sending: { signal: options.signal },
    });
    for (const listing of listings) await keepListing(options.listings, listing);
    shipping = await ship(asked);
  }
  if (shipping.sized.length > 0 && shipping.compute.length > 0) {
    const missing = await options.open().files.missingBlobs(shipping.blobs);
    const { hereFirst, moves } = chooseCut(shipping.sized, (file) => (missing.has(file.sha256) ? file.bytes : 0));
    options.reportMoves(moves);
    if (hereFirst.length > 0 && options.makeHere !== undefined) {
      options.say(`computing ${hereFirst.join(', ')} here first: less has to be sent`);
      await options.makeHere(hereFirst);
      shipping = await ship(asked);
    }
  }
  if (memoryMb !== undefined || request.partitions !== undefined || shipping.tableBytes < largeTableBytes)
    return shipping;
  const there = (await options.open().probe()).facts.memory_mb;
  if (there === null || shipping.tableBytes <= there * 2 ** 20) return shipping;
  return ship({ ...request, memoryBytes: there * 2 ** 20 });
}
