import { isFeature, typeFamily, type Column } from '../wires.ts';

/** The word alone, or as the last of several: `sale_price`, `is_fraud`. */
const likelyNames =
  /(^|[\s_.-])(target|label|class|outcome|y|survived|churn(ed)?|cancel(l)?ed|fraud|default(ed)?|species|diagnosis|price|quality|response)$/i;

/** Whether a column is called what answers are called. */
export const hasAnswerName = (name: string): boolean => likelyNames.test(name);

/** The column that most likely is to be predicted: by its name, else the last, since a table's answer mostly stands at its end. */
export function likelyTarget(columns: readonly Column[]): string | undefined {
  const possible = columns.filter((c) => isFeature(c) && !['time', 'other'].includes(typeFamily(c.type)));
  return (possible.findLast((c) => hasAnswerName(c.name)) ?? possible.at(-1))?.name;
}
