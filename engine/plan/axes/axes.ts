/** The axes, outermost first: an inner one is told what the outer ones multiply. */
import type { Coordinates } from '../../graph/instance.ts';
import type { Axis } from './axis.ts';
import { foldAxis } from './fold/axis.ts';
import { partAxis } from './part/axis.ts';

export const axes: readonly Axis[] = [foldAxis, partAxis];

/** What a computation is called: `boosting`, `boosting[fold 2]`. */
export function nameOf(node: string, coordinates: Coordinates): string {
  const labels = axes.flatMap(({ name, label }) => {
    const value = coordinates[name];
    return value === undefined ? [] : [label(value)];
  });
  return labels.length === 0 ? node : `${node}[${labels.join(', ')}]`;
}
