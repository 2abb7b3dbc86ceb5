/** What a helper thread runs: one lane of a training. Any thread starter will do that calls `work` with what `trainBoosting` gave it. */
import { openBarrier, runToEnd } from './barrier.ts';
import { boost } from './boost.ts';
import { type LaneTask, openLane } from './lane.ts';

// The data comes from `trainBoosting` by structured clone, so its shape is known.
const isLaneTask = (data: unknown): data is LaneTask =>
  typeof data === 'object' && data !== null && 'settings' in data && 'memory' in data && 'features' in data;

/** @param index from 0; lane 0 is the caller's own, so helper i is lane i + 1. */
export function work(data: unknown, index: number): void {
  if (!isLaneTask(data)) throw new TypeError('trees/lane-worker: this is no lane of a training');
  const barrier = openBarrier(data);
  try {
    runToEnd(
      boost(openLane(data, index + 1), () => {}),
      barrier,
    );
  } catch (error) {
    // The others must not wait for this lane.
    barrier.cancel();
    throw error;
  }
}
