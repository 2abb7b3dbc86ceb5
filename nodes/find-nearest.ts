/** What no kind does yet, and the nearest way to it. */
import { modelWays } from './find-nearest-models.ts';
import { tableWays } from './find-nearest-tables.ts';
import type { NearestWay } from './find-way.ts';

export const nearestWays: readonly NearestWay[] = [...tableWays, ...modelWays];

/** "There is no pivot node yet. SQL can. For example: PIVOT …" */
export function sayNearest({ title, how, sql, formula }: NearestWay): string {
  const example = sql ?? formula;
  return `There is no ${title} node yet. ${how}${example === undefined ? '' : ` For example: ${example}`}`;
}
