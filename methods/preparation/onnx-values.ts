/** The few steps that the exported forms of the preparation nodes share. All values are tensors of shape [rows, 1]. */
import type { OnnxColumn, OnnxGraph } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';

/** ONNX's number of the type DOUBLE, for Cast. */
const onnxDouble = 11;
const onnxString = 8;
const onnxInt64 = 7;

export function onlyOutput(outputs: readonly string[]): string {
  const first = outputs[0];
  if (first === undefined) throw new Error('an ONNX node without output');
  return first;
}

export function asDouble(graph: OnnxGraph, { value, type }: OnnxColumn): string {
  return type === 'double' ? value : onlyOutput(graph.node('Cast', [value], { to: onnxDouble }));
}

/**
 * A column's values as the texts that DuckDB writes for them, to be compared with `categories`. Numbers with decimals are refused: two programs write
 * them differently; so are whole numbers beyond 2^53, which a double does not hold.
 */
export function asText(
  graph: OnnxGraph,
  name: string,
  { value, type, holds }: OnnxColumn,
  categories: Iterable<string>,
): string {
  if (type === 'double' && holds !== undefined) {
    if (holds === 'whole') refuseBeyondDouble(name, categories);
    const text = asText(
      graph,
      name,
      holds === 'whole'
        ? { value: onlyOutput(graph.node('Cast', [value], { to: onnxInt64 })), type: 'int64' }
        : { value: onlyOutput(graph.node('Greater', [value, graph.constant('double', [1], [0.5])])), type: 'bool' },
      [],
    );
    return onlyOutput(
      graph.node('Where', [onlyOutput(graph.node('IsNaN', [value])), graph.constant('string', [1], ['']), text]),
    );
  }
  switch (type) {
    case 'string':
      return value;
    case 'int64':
      return onlyOutput(graph.node('Cast', [value], { to: onnxString }));
    case 'bool':
      return onlyOutput(
        graph.node('Where', [value, graph.constant('string', [1], ['true']), graph.constant('string', [1], ['false'])]),
      );
    case 'float':
    case 'double':
      throw fail('onnx.number-as-text', {
        message: `The column "${name}" holds numbers with decimals that are used as categories, which has no exact form in ONNX.`,
        mend: 'Let the reader read it as text (its parameter "Column types").',
        column: name,
      });
  }
}

function refuseBeyondDouble(name: string, categories: Iterable<string>): void {
  for (const category of categories)
    if (category !== '' && !Number.isSafeInteger(Number(category)))
      throw fail('onnx.whole-beyond-double', {
        message: `The category ${category} of the column "${name}" is a whole number beyond 2^53, which ONNX cannot tell from its neighbours.`,
        mend: 'Let the reader read the column as text (its parameter "Column types").',
        column: name,
      });
}

/** Missing numbers are NaN, missing texts the empty text; a boolean tensor has no missing values. */
export function isMissingValue(graph: OnnxGraph, { value, type }: OnnxColumn): string {
  if (type === 'float' || type === 'double') return onlyOutput(graph.node('IsNaN', [value]));
  if (type === 'string') return onlyOutput(graph.node('Equal', [value, graph.constant('string', [1], [''])]));
  const bytes = onlyOutput(graph.node('Cast', [value], { to: onnxDouble }));
  return onlyOutput(graph.node('IsNaN', [bytes]));
}
