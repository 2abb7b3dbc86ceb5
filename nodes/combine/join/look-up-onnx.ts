/** A many-to-one join as ONNX operators: the right table is part of the file. */
import { findEntry, numbersAt, textsAt } from '../../../methods/preparation/onnx-lookup.ts';
import { asText } from '../../../methods/preparation/onnx-values.ts';
import type { OnnxColumn, OnnxContext, OnnxGraph } from '../../../shared/capabilities.ts';
import { fail, failWith } from '../../../shared/errors.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import type { SqlValue } from '../../../shared/sql.ts';
import { isInteger, typeFamily, type Column } from '../../../shared/wires.ts';
import { joinedNames } from './joined-names.ts';
import type { spec } from './spec.ts';

/** @throws `onnx.no-form` where the join is no look-up, or a type has no exact form */
export function lookUpOnnx({ graph, columns, params, input, tables }: OnnxContext<ParamsOf<typeof spec>, null>): void {
  const right = tables['right'];
  if (right === undefined)
    throw failWith({ code: 'onnx.no-form', message: 'Only a join that looks values up, each key once, has one.' });
  const keys = params.keys.map((key) => ({ ...key, column: columns.get(key.left) }));
  // A key that no feature comes from is no input of the file.
  if (keys.some((key) => key.column === undefined)) return;
  const cellsOf = (name: string): readonly SqlValue[] => {
    const at = right.columns.findIndex((c) => c.name === name);
    return right.rows.map((row) => row[at] ?? null);
  };
  const cells = keys.map((key) => cellsOf(key.right).map((cell) => (cell === null ? '' : String(cell))));
  // A missing value matches nothing, on either side.
  const entries = right.rows.map((_, i) => i).filter((i) => cells.every((column) => column[i] !== ''));
  const texts = keys.flatMap(({ left, column }, k) =>
    column === undefined ? [] : [asText(graph, left, column, cells[k] ?? [])],
  );
  const places = findEntry(
    graph,
    texts,
    entries.map((i) => cells.map((column) => column[i] ?? '')),
  );
  for (const { name, left, right: from } of joinedNames(params, input, right.columns)) {
    if (left !== undefined || from === undefined) continue;
    const column = right.columns.find((c) => c.name === from);
    const found = cellsOf(from);
    if (column !== undefined)
      columns.set(
        name,
        valuesAt(
          graph,
          places,
          column,
          entries.map((i) => found[i] ?? null),
        ),
      );
  }
}

function valuesAt(graph: OnnxGraph, places: string, { name, type }: Column, cells: readonly SqlValue[]): OnnxColumn {
  const numbers = (toNumber: (cell: SqlValue) => number): string =>
    numbersAt(
      graph,
      places,
      cells.map((cell) => (cell === null ? Number.NaN : toNumber(cell))),
      Number.NaN,
    );
  switch (typeFamily(type)) {
    case 'text':
      return {
        type: 'string',
        value: textsAt(
          graph,
          places,
          cells.map((cell) => (cell === null ? '' : String(cell))),
        ),
      };
    case 'number':
      return { type: 'double', value: numbers(Number), ...(isInteger(type) ? { holds: 'whole' as const } : {}) };
    case 'boolean':
      return { type: 'double', value: numbers(Number), holds: 'boolean' };
    case 'time':
      if (type === 'DATE') return { type: 'double', value: numbers((cell) => Date.parse(String(cell)) / 86_400_000) };
      break;
    case 'other':
  }
  throw fail('onnx.no-form', {
    message: `The column "${name}" that is looked up is ${type}, which has no form there.`,
    mend: 'Leave the column out of the table that is joined, or serve the model here.',
    column: name,
  });
}
