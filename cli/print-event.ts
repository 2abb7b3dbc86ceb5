/** Events for a person at a terminal: one line each, what matters first. */
import { sayMoves } from '../shared/run/say-moves.ts';
import type { RunEvent } from '../shared/run/run-events.ts';
import { say } from './say.ts';

type Value = Record<string, unknown> | undefined;
const name = (event: { node: string; variant?: Value; trial?: Value }): string => {
  const said = [...Object.values(event.trial ?? {}), ...Object.values(event.variant ?? {})];
  return said.length === 0 ? event.node : `${event.node} [${said.join(', ')}]`;
};
const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

export function printEvent(event: RunEvent): void {
  switch (event.type) {
    case 'run-queued':
      return say(event.reason);
    case 'run-planned':
      return say(
        event.compute.length === 0
          ? // Where something is wrong, that follows.
            event.cached.length === 0
            ? 'Nothing can be computed.'
            : 'Nothing to compute: every result is in the cache.'
          : `Computes ${event.compute.length} of ${event.compute.length + event.cached.length} nodes.`,
      );
    case 'run-moves':
      return event.moves.length === 0 ? undefined : say(sayMoves(event.target, event.moves));
    case 'node-started':
      return say(`▶ ${name(event)}: ${event.reason}`);
    case 'node-finished': {
      const rows = event.outputs.find((o) => o.rows !== undefined)?.rows;
      return say(
        `✓ ${name(event)} (${seconds(event.ms)}${rows === undefined ? '' : `, ${rows.toLocaleString('en')} rows`})`,
      );
    }
    case 'node-cached':
      return say(`⚡ ${name(event)}: ${event.reason}`);
    case 'node-failed':
      return say(
        `✗ ${event.node}${event.problem.param === undefined ? '' : ` (${event.problem.param})`}: ${event.problem.message}${event.problem.mend === undefined ? '' : ` ${event.problem.mend}`}`,
      );
    case 'node-warning':
      return say(
        `! ${name(event)}: ${event.problem.message}${event.problem.mend === undefined ? '' : ` ${event.problem.mend}`}`,
      );
    case 'node-skipped':
      return say(`– ${event.node}: ${event.reason}`);
    case 'node-paused':
      return say(`‖ ${name(event)}: paused`);
    case 'node-resumed':
      return say(`▶ ${name(event)}: goes on`);
    case 'node-finishing':
      return say(`■ ${name(event)}: ends early, with the best so far`);
    case 'node-log':
      return say(`  ${name(event)}: ${event.text}`);
    case 'run-finished':
      for (const [node, metrics] of Object.entries(event.metrics))
        say(
          `${node}: ${Object.entries(metrics)
            .map(([metric, value]) => `${metric} ${value === null ? '–' : Number(value.toPrecision(6))}`)
            .join(', ')}`,
        );
      if (event.problem && event.problem.node === undefined)
        say(`✗ ${event.problem.message} ${event.problem.mend ?? ''}`);
      return say(
        `${{ done: 'Done', failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted' }[event.status]} in ${seconds(event.ms)}.`,
      );
    default:
      return undefined;
  }
}
