/** Where ports stand: beside a card's body, one below the other. */
import { specs } from '../../../nodes/specs.ts';
import { cardWidth } from '../../../shared/pipeline/arrange.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { Point } from '../../../shared/pipeline/edits/graph.ts';
import { portsOf } from '../../../shared/pipeline/edits/ports.ts';

const firstPortY = 46;
export const portStepPx = 24;
/** Half of what a port takes of the pointer: a wire ends in its middle. */
export const portReach = 12;
const headerHeight = 34;

export const portY = (index: number): number => firstPortY + index * portStepPx;
/** The least height of a card's body, so that its last port stands beside it. */
export const bodyHeight = (ports: number): number => (ports === 0 ? 0 : portY(ports - 1) + 14 - headerHeight);

/** The middle of a port of a card that stands at `place`. */
export function portPoint(
  file: PipelineFile,
  node: string,
  side: 'input' | 'output',
  port: string,
  place: Point,
): Point {
  const names = Object.keys(portsOf(file, node, specs)[side === 'input' ? 'inputs' : 'outputs']);
  return [place[0] + (side === 'output' ? cardWidth : 0), place[1] + portY(Math.max(0, names.indexOf(port)))];
}
