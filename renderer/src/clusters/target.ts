/** What the screen makes of a remote. */
import { Boxes, Laptop, Network, Server, ServerCog, type LucideIcon } from 'lucide-react';
import type { Answer } from '../rpc/host-client.ts';

export type Target = Answer<'targets.list'>[number];
export type Placement = Answer<'targets.placements'>[number];
export type TargetState = 'ready' | 'busy' | 'bad' | 'untested';

export const kindIcons: Readonly<Record<Target['kind'], LucideIcon>> = {
  local: Laptop,
  ssh: Server,
  slurm: ServerCog,
  ray: Network,
  kubernetes: Boxes,
};

export const whereIs = ({ url, host, user, port }: Target): string =>
  url ??
  (host === undefined ? '' : `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`);

export function stateOf({ findings, tested_ms }: Target, waiting: number): TargetState {
  if (tested_ms === null) return 'untested';
  if (findings.some((f) => f.state === 'bad')) return 'bad';
  return waiting > 0 ? 'busy' : 'ready';
}
