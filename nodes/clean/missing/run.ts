import { isMissingValue, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { relational, type OnnxColumn, type OnnxGraph } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { tableOf } from '../../../shared/input.ts';
import { isMissing, unfitValue, valueSql } from '../../../shared/spec/conditions.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { isInteger, typeFamily, type Column } from '../../../shared/wires.ts';
import { flagNames, treatedColumns } from './treated-columns.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params: p }) => {
    const rows = tableOf(inputs, 'rows');
    const treated = treatedColumns(p.columns, rows.columns);
    if (treated.length === 0) return sql`SELECT * FROM ${rows.ref}`;
    if (p.action === 'drop-any')
      return sql`SELECT * FROM ${rows.ref} WHERE NOT (${join(treated.map(isMissing), ' OR ')})`;
    if (p.action === 'drop-all')
      return sql`SELECT * FROM ${rows.ref} WHERE NOT (${join(treated.map(isMissing), ' AND ')})`;
    // By a rule, the value goes where it fits: 0 into numbers, "unknown" into texts.
    const filled =
      p.action === 'fill'
        ? treated.filter((c) => typeFamily(c.type) !== 'other' && unfitValue(p.value, c.type) === undefined)
        : [];
    const replaced = new Map(
      filled.map((c) => [
        c.name,
        sql`CASE WHEN ${isMissing(c)} THEN CAST(${valueSql(p.value, c.type)} AS ${raw(c.type)}) ELSE ${id(c.name)} END`,
      ]),
    );
    const flags = p.flag
      ? flagNames(treated, p.flagEnding).map(({ column, flag }) => sql`${isMissing(column)} AS ${id(flag)}`)
      : [];
    return sql`SELECT ${selectList(rows, { replaced, added: flags })} FROM ${rows.ref}`;
  },

  parted: { ports: () => ['rows'] },

  onnx: ({ graph, columns, params: p, input }) => {
    const treated = treatedColumns(p.columns, input);
    const flags = p.flag ? flagNames(treated, p.flagEnding) : [];
    const flagged = flags.flatMap(({ column, flag }): [string, OnnxColumn][] => {
      const found = columns.get(column.name);
      return found === undefined ? [] : [[flag, { value: isMissingValue(graph, found), type: 'bool' }]];
    });
    if (p.action === 'fill')
      for (const { name, type } of treated) {
        const found = columns.get(name);
        if (found !== undefined && typeFamily(type) !== 'other' && unfitValue(p.value, type) === undefined)
          columns.set(name, filledTensor(graph, found, { name, type }, p.value));
      }
    for (const [name, column] of flagged) columns.set(name, column);
  },
});

function filledTensor(graph: OnnxGraph, column: OnnxColumn, { name, type }: Column, value: string): OnnxColumn {
  const family = typeFamily(type);
  if (family === 'time')
    throw fail('onnx.no-form', {
      message: `Filling the dates of "${name}" with a fixed one has no form in ONNX.`,
      mend: 'Fill it with Impute after Split.',
      column: name,
    });
  const filler =
    column.type === 'string'
      ? graph.constant('string', [1], [value])
      : graph.constant(
          'double',
          [1],
          [family === 'boolean' ? Number(isYes(value)) : fittingNumber(Number(value), type)],
        );
  return { ...column, value: onlyOutput(graph.node('Where', [isMissingValue(graph, column), filler, column.value])) };
}

const isYes = (text: string): boolean => ['true', 'yes', 'y', '1', 'on'].includes(text.trim().toLowerCase());
/** What is filled into whole numbers is rounded as SQL does. */
const fittingNumber = (value: number, type: string): number =>
  isInteger(type) ? Math.sign(value) * Math.round(Math.abs(value)) : value;
