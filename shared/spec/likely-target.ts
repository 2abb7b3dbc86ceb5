import { isFeature, typeFamily, type Column } from '../wires.ts';

const likelyNames =
  /^(target|label|class|outcome|y|survived|churn(ed)?|default(ed)?|species|diagnosis|price|quality|response)$/i;

/** The column that most likely is to be predicted: by its name, else the last, since a table's answer mostly stands at its end. */
export function likelyTarget(columns: readonly Column[]): string | undefined {
  const possible = columns.filter((c) => isFeature(c) && !['time', 'other'].includes(typeFamily(c.type)));
  return (possible.findLast((c) => likelyNames.test(c.name)) ?? possible.at(-1))?.name;
}
