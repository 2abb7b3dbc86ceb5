/** Looking values up by category: LabelEncoder finds the place, and Gather takes what stands there. All values are tensors of shape [rows, 1]. */
import type { OnnxColumn, OnnxGraph } from '../../shared/capabilities.ts';
import { asText, onlyOutput } from './onnx-values.ts';

const onnxString = 8;

/**
 * For each row the number of the first entry whose texts are all equal to the row's; the number of entries where there is none.
 * @param texts one tensor of texts for each key
 * @param entries the keys of each entry
 */
export function findEntry(graph: OnnxGraph, texts: readonly string[], entries: readonly (readonly string[])[]): string {
  // LabelEncoder wants at least one key, and knows each once.
  const encode = (text: string, places: ReadonlyMap<string, number>, otherwise: number): string => {
    const known = places.size > 0 ? places : new Map([['', otherwise]]);
    return onlyOutput(
      graph.node(
        'LabelEncoder',
        [text],
        {
          keys_strings: [...known.keys()],
          values_int64s: [...known.values()].map(BigInt),
          default_int64: BigInt(otherwise),
        },
        { domain: 'ai.onnx.ml' },
      ),
    );
  };
  const [only] = texts;
  if (texts.length === 1 && only !== undefined)
    return encode(only, firstPlaces(entries.map(([key = '']) => key)), entries.length);
  // Several keys are numbered one by one; the numbers make one, and its text is looked up again.
  let combined = graph.constant('int64', [1], [0n]);
  const codes = entries.map(() => 0n);
  texts.forEach((text, k) => {
    const distinct = new Map([...new Set(entries.map((entry) => entry[k] ?? ''))].map((key, i) => [key, i] as const));
    const width = BigInt(distinct.size + 1);
    const scaled = onlyOutput(graph.node('Mul', [combined, graph.constant('int64', [1], [width])]));
    combined = onlyOutput(graph.node('Add', [scaled, encode(text, distinct, distinct.size)]));
    entries.forEach((entry, i) => (codes[i] = (codes[i] ?? 0n) * width + BigInt(distinct.get(entry[k] ?? '') ?? 0)));
  });
  const text = onlyOutput(graph.node('Cast', [combined], { to: onnxString }));
  return encode(text, firstPlaces(codes.map(String)), entries.length);
}

const firstPlaces = (keys: readonly string[]): Map<string, number> =>
  new Map(keys.map((key, i) => [key, i] as const).toReversed());

/** The numbers at the places that `findEntry` gives; `otherwise` where there is no entry. */
export const numbersAt = (graph: OnnxGraph, places: string, values: readonly number[], otherwise: number): string =>
  onlyOutput(graph.node('Gather', [graph.constant('double', [values.length + 1], [...values, otherwise]), places]));

/** The texts there; the empty text, which is a missing one, where there is no entry. */
export const textsAt = (graph: OnnxGraph, places: string, values: readonly string[]): string =>
  onlyOutput(graph.node('Gather', [graph.constant('string', [values.length + 1], [...values, '']), places]));

/** For each row the number that belongs to its category: `otherwise` for texts that are not listed. The empty text is the missing value. */
export function lookUp(
  graph: OnnxGraph,
  name: string,
  column: OnnxColumn,
  numbers: ReadonlyMap<string, number>,
  otherwise: number,
): string {
  const text = asText(graph, name, column, numbers.keys());
  const places = findEntry(
    graph,
    [text],
    [...numbers.keys()].map((key) => [key]),
  );
  return numbersAt(graph, places, [...numbers.values()], otherwise);
}
