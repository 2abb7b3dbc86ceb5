import type { OnnxColumn, OnnxGraph } from '../../shared/capabilities.ts';
import { asText, onlyOutput } from './onnx-values.ts';

/** For each row the number that belongs to its category: `otherwise` for texts that are not listed. The empty text is the missing value. */
export function lookUp(
  graph: OnnxGraph,
  name: string,
  column: OnnxColumn,
  numbers: ReadonlyMap<string, number>,
  otherwise: number,
): string {
  // LabelEncoder wants at least one key.
  const known = numbers.size > 0 ? numbers : new Map([['', otherwise]]);
  const keys = [...known.keys()];
  const table = graph.constant('double', [keys.length + 1], [...known.values(), otherwise]);
  // LabelEncoder gives whole numbers or floats only; the doubles come from a table by the number.
  const places = graph.node(
    'LabelEncoder',
    [asText(graph, name, column, numbers.keys())],
    { keys_strings: keys, values_int64s: keys.map((_, i) => BigInt(i)), default_int64: BigInt(keys.length) },
    { domain: 'ai.onnx.ml' },
  );
  return onlyOutput(graph.node('Gather', [table, onlyOutput(places)]));
}
