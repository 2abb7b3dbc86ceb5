/** What can be wrong with a column that a parameter names, in one wording for all kinds, with the mend as one click. */
import { typeFamily, type Column, type TableSchema, type TypeFamily } from '../wires.ts';
import { globToRegExp, missingColumns, nearestName } from './columns.ts';
import type { Finding } from './define-spec.ts';
import type { ColumnRule } from './fields/fields.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Place = { node: string; param: string; title?: string };

/** Is the column there, or may it be once a fit has run (one-hot)? An unknown schema has every column. */
export const hasColumn = (schema: TableSchema | undefined, name: string): boolean =>
  schema === undefined ||
  schema.columns.some((c) => c.name === name) ||
  (schema.dynamic ?? []).some((d) => globToRegExp(d.pattern).test(name));

/** Finding for a name that the table lacks; `mended` gives the parameter's value with the nearest name in its place. */
export function missingColumn(
  place: Place,
  name: string,
  schema: TableSchema | undefined,
  mended: (near: string) => Json,
): Finding[] {
  if (schema === undefined || hasColumn(schema, name)) return [];
  const near = nearestName(
    name,
    schema.columns.map((c) => c.name),
  );
  return [
    {
      code: 'column.missing',
      message: `There is no column "${name}" here.`,
      mend: near === undefined ? `It has ${sayNames(schema.columns)}.` : `Did you mean "${near}"?`,
      param: place.param,
      column: name,
      ...(near === undefined
        ? {}
        : {
            fixes: [{ do: 'set', title: `Use "${near}"`, node: place.node, param: place.param, value: mended(near) }],
          }),
    },
  ];
}

interface ColumnOptions {
  required?: boolean;
  families?: readonly TypeFamily[];
  /** The parameter's value with the nearest name in its place, where the parameter is not the name itself but a list that holds it. */
  mended?: (near: string) => Json;
}

/** A single column: chosen, there, and of a family that fits. */
export function columnFindings(
  place: Place,
  name: string,
  schema: TableSchema | undefined,
  options: ColumnOptions = {},
): Finding[] {
  if (name === '') return options.required === true ? [notChosen(place)] : [];
  const missing = missingColumn(place, name, schema, options.mended ?? ((near) => near));
  return missing.length > 0 ? missing : wrongFamily(place, name, schema, options.families);
}

/** A column rule: names that are not there, or a rule that picks nothing. */
export function ruleFindings(
  place: Place,
  rule: ColumnRule,
  schema: TableSchema | undefined,
  families?: readonly TypeFamily[],
): Finding[] {
  if (rule.by === 'names')
    return rule.names.flatMap((name, i) => {
      const missing = missingColumn(place, name, schema, (near) => ({ by: 'names', names: rule.names.with(i, near) }));
      return missing.length > 0 ? missing : wrongFamily(place, name, schema, families);
    });
  return (rule.except ?? []).flatMap((name, i) =>
    missingColumn(place, name, schema, (near) => ({ ...rule, except: (rule.except ?? []).with(i, near) })).map(
      (finding) => ({ ...finding, severity: 'warning' as const }),
    ),
  );
}

/** A list of names in an order that matters. */
export function listFindings(place: Place, names: readonly string[], schema: TableSchema | undefined): Finding[] {
  return [
    ...names.flatMap((name, i) => missingColumn(place, name, schema, (near) => names.with(i, near))),
    ...repeated(names).map((name): Finding => ({
      code: 'column.repeated',
      severity: 'warning',
      message: `The column "${name}" is named twice.`,
      mend: 'Remove one of the two.',
      param: place.param,
      column: name,
      fixes: [{ do: 'set', title: 'Keep it once', node: place.node, param: place.param, value: [...new Set(names)] }],
    })),
  ];
}

export function wrongFamily(
  place: Place,
  name: string,
  schema: TableSchema | undefined,
  families: readonly TypeFamily[] | undefined,
): Finding[] {
  const found = schema?.columns.find((c) => c.name === name);
  if (found === undefined || families === undefined || families.includes(typeFamily(found.type))) return [];
  const wanted = families.map((family) => sayFamily[family]).join(' or ');
  return [
    {
      code: 'column.family',
      message: `The column "${name}" is ${sayFamily[typeFamily(found.type)]}; ${wanted} is needed here.`,
      mend: `Choose another column, or give "${name}" another type before.`,
      param: place.param,
      column: name,
      ...(families[0] === undefined || families[0] === 'other'
        ? {}
        : {
            fixes: [
              {
                do: 'insert',
                title: `Set the type of "${name}" before`,
                kind: 'clean.types',
                params: { types: { [name]: familyType[families[0]] } },
                node: place.node,
                side: 'before',
                port: 'rows',
              },
            ],
          }),
    },
  ];
}

export const notChosen = (place: Place): Finding => ({
  code: 'param.empty',
  message: `${place.title ?? 'A column'} is not chosen yet.`,
  mend: 'Choose it in the inspector.',
  param: place.param,
});

export const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, i) => names.indexOf(name) !== i)),
];

/** Output columns whose names are equal, letters' case aside: DuckDB and people would take one for the other. */
export function clashingNames(param: string, names: readonly string[]): Finding[] {
  const lower = names.map((name) => name.toLowerCase());
  return repeated(lower).map((name) => {
    const both = names.filter((_, i) => lower[i] === name);
    return {
      code: 'column.duplicate',
      message: `Two columns would have the name ${[...new Set(both)].map((n) => `"${n}"`).join(' and ')}.`,
      mend: 'Give one of them another name.',
      param,
      column: both[0] ?? name,
    };
  });
}

export const sayFamily: Readonly<Record<TypeFamily, string>> = {
  number: 'a number',
  text: 'text',
  boolean: 'yes/no',
  time: 'a date or time',
  other: 'a list or structure',
};
const familyType: Readonly<Record<TypeFamily, string>> = {
  number: 'number',
  text: 'text',
  boolean: 'boolean',
  time: 'timestamp',
  other: 'text',
};

const sayNames = (columns: readonly Column[]): string => {
  const names = columns.slice(0, 8).map((c) => c.name);
  return columns.length === 0
    ? 'no columns at all'
    : `${names.join(', ')}${columns.length > names.length ? ` and ${columns.length - names.length} more` : ''}`;
};

/** The same without a node at hand, so without the one-click mend. */
export function absentColumn(name: string, columns: readonly Column[], param: string): Finding {
  const near = nearestName(
    name,
    columns.map((c) => c.name),
  );
  return {
    code: 'column.missing',
    message: `There is no column "${name}" here.`,
    mend: near === undefined ? `Choose one of ${sayNames(columns)}.` : `Did you mean "${near}"?`,
    param,
    column: name,
  };
}

export const absentColumns = (rule: ColumnRule, columns: readonly Column[], param = 'columns'): Finding[] =>
  missingColumns(rule, columns).map((name) => absentColumn(name, columns, param));
