/** What can be computed from the rows of a group. */
import type { TypeFamily } from '../../../shared/wires.ts';

const numbers: readonly TypeFamily[] = ['number'];
const measured: readonly TypeFamily[] = ['number', 'time'];
interface AggregateFunction {
  title: string;
  families?: readonly TypeFamily[];
}

export const functions = {
  rows: { title: 'rows' },
  count: { title: 'values present' },
  'count-distinct': { title: 'different values' },
  sum: { title: 'sum', families: ['number', 'boolean'] },
  mean: { title: 'mean', families: ['number', 'boolean'] },
  median: { title: 'median', families: measured },
  minimum: { title: 'minimum' },
  maximum: { title: 'maximum' },
  'standard-deviation': { title: 'standard deviation', families: numbers },
  quantile: { title: 'quantile', families: measured },
  mode: { title: 'most frequent value' },
  first: { title: 'first value' },
  last: { title: 'last value' },
} as const satisfies Readonly<Record<string, AggregateFunction>>;
export type AggregateFunctionName = keyof typeof functions;

export interface Aggregate {
  function: AggregateFunctionName;
  column: string;
  as: string;
  quantile: number;
  order: string;
}

export const familiesOf = (name: AggregateFunctionName): readonly TypeFamily[] | undefined => {
  const found: AggregateFunction = functions[name];
  return found.families;
};
export const needsColumn = (name: AggregateFunctionName): boolean => name !== 'rows';
export const needsOrder = (name: AggregateFunctionName): boolean => name === 'first' || name === 'last';

const shortNames: Partial<Record<AggregateFunctionName, string>> = {
  'count-distinct': 'distinct',
  minimum: 'min',
  maximum: 'max',
  'standard-deviation': 'sd',
};

export function aggregateName(a: Aggregate): string {
  if (a.as.trim() !== '') return a.as;
  if (a.function === 'rows') return 'rows';
  const short =
    a.function === 'quantile' ? `q${Math.round(a.quantile * 1000) / 10}` : (shortNames[a.function] ?? a.function);
  return `${short}_${a.column}`;
}
