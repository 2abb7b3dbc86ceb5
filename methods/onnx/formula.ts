/** A formula's value inside an ONNX graph, and how it becomes a column. */
import type { OnnxColumn, OnnxGraph } from '../../shared/capabilities.ts';
import { failWith, type FlowyardError } from '../../shared/errors.ts';
import type { Column } from '../../shared/wires.ts';
import { elementType } from './messages.ts';

export interface Formula {
  kind: 'number' | 'boolean' | 'text' | 'null';
  /** A tensor of double, bool or string. */
  value: string;
  /** A tensor of bool; null where it is never missing. */
  missing: string | null;
  /** Of numbers: whole in SQL's types. */
  whole?: boolean;
  /** A DECIMAL there. */
  decimal?: boolean;
  /** Computed in decimals there, and in doubles here: the last bit may differ, so nothing is decided by it. */
  inexact?: boolean;
  /** A FLOAT there, which computes in single precision. */
  single?: boolean;
  /** It may be NaN or infinite without being missing. */
  nan?: boolean;
}

/** A column of the formula is not among the inputs of the file, since nothing that is predicted hangs on it. */
export class NotAnInput extends Error {}

export const noForm = (what: string): FlowyardError =>
  failWith({ code: 'onnx.no-form', message: `The formula uses ${what}, which has no exact form there.` });

export interface FormulaColumns {
  /** The columns that a formula may name. */
  schema: readonly Column[];
  tensors: ReadonlyMap<string, OnnxColumn>;
  /** Those that were computed by formulas above, by lower-case name. */
  formulas: ReadonlyMap<string, Formula>;
}

/** One row for each row of the inputs, and NaN or the empty text for what is missing. */
export function formulaColumn(
  graph: OnnxGraph,
  { kind, value, missing, whole, nan }: Formula,
  tensors: FormulaColumns['tensors'],
): OnnxColumn {
  const [any] = tensors.values();
  const apply = (op: string, inputs: readonly string[]): string => graph.node(op, inputs)[0] ?? '';
  const everyRow = (made: string): string =>
    any === undefined ? made : apply('Expand', [made, apply('Shape', [any.value])]);
  const present = (made: string, type: 'double' | 'string'): string => {
    const nothing =
      type === 'string' ? graph.constant('string', [1], ['']) : graph.constant('double', [1], [Number.NaN]);
    return everyRow(missing === null ? made : apply('Where', [missing, nothing, made]));
  };
  switch (kind) {
    case 'text':
      return { type: 'string', value: present(value, 'string') };
    case 'boolean': {
      const number = graph.node('Cast', [value], { to: elementType('double') })[0] ?? '';
      return { type: 'double', holds: 'boolean', value: present(number, 'double') };
    }
    case 'number':
    case 'null':
      return {
        type: 'double',
        value: present(value, 'double'),
        ...(whole ? { holds: 'whole' as const } : {}),
        ...(nan ? { nan } : {}),
      };
  }
}
