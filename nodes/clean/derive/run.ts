import { compileFormula } from '../../../methods/onnx/expression.ts';
import { formulaColumn, NotAnInput, type Formula, type FormulaColumns } from '../../../methods/onnx/formula.ts';
import { relational, type OnnxGraph, type TableRef } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { looksAtOtherRows } from '../../../shared/kind/expression-words.ts';
import { expression, id, sql, type Sql } from '../../../shared/sql.ts';
import { explainDerive } from './explain.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => withColumns(tableOf(inputs, 'rows'), params.columns),

  explain: async ({ node, inputs, params, failure, query }) => {
    const rows = tableOf(inputs, 'rows');
    const before = (formulas: number) => ({
      rows: withColumns(rows, params.columns.slice(0, formulas)),
      columns: rows.columns,
    });
    return explainDerive({ node, failure, query, columns: params.columns, before });
  },

  parted: {
    ports: ({ columns }) =>
      columns.some((c) => looksAtOtherRows(c.expression)) ? 'a formula looks at other rows' : ['rows'],
  },

  onnx: async ({ graph, columns, params, input, parse }) => {
    const schema = [...input];
    const formulas = new Map<string, Formula>();
    for (const { name, expression: text } of params.columns) {
      const known = schema.find((c) => c.name.toLowerCase() === name.toLowerCase());
      const shown = known?.name ?? name;
      const made = compileWhereUsed(graph, await parse(text), { schema, tensors: columns, formulas });
      if (known === undefined) schema.push({ name: shown, type: 'DOUBLE' });
      formulas.delete(shown.toLowerCase());
      if (made === undefined) columns.delete(shown);
      else {
        formulas.set(shown.toLowerCase(), made);
        columns.set(shown, formulaColumn(graph, made, columns));
      }
    }
  },
});

/** One level for each column, so that a formula sees the columns above it; DuckDB flattens the levels again. */
function withColumns(rows: TableRef, columns: readonly { name: string; expression: string }[]): Sql {
  const known = new Map(rows.columns.map((c) => [c.name.toLowerCase(), c.name]));
  return columns.reduce(
    (query, column) => {
      const value = expression(column.expression, 'columns', [...known.values()]);
      const replaced = known.get(column.name.toLowerCase());
      known.set(column.name.toLowerCase(), column.name);
      return replaced === undefined
        ? sql`SELECT *, ${value} AS ${id(column.name)} FROM (${query})`
        : sql`SELECT * REPLACE (${value} AS ${id(replaced)}) FROM (${query})`;
    },
    sql`SELECT * FROM ${rows.ref}`,
  );
}

/** Undefined: a column that the formula reads is no input of the file, because nothing that is predicted hangs on it. */
function compileWhereUsed(graph: OnnxGraph, tree: unknown, columns: FormulaColumns): Formula | undefined {
  try {
    return compileFormula(graph, tree, columns);
  } catch (thrown) {
    if (thrown instanceof NotAnInput) return undefined;
    throw thrown;
  }
}
