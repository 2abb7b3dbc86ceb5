/** Run parameters: `"=name"` in a node's parameters stands for the run parameter of that name; a literal `=` at the start is doubled. */
import { own } from '../own.ts';
import { fail } from '../errors.ts';
import type { PipelineFile, RunParameter } from './file.ts';

export type ParameterValues = Readonly<Record<string, unknown>>;

export const isReference = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith('=') && !value.startsWith('==');
export const referenceTo = (name: string): string => `=${name}`;
export const escapeLiteral = (text: string): string => (text.startsWith('=') ? `=${text}` : text);

/** Values given for a run, checked and completed by the defaults. */
export function resolveParameters(file: PipelineFile, given: ParameterValues): Record<string, unknown> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(file.parameters, name))
      throw fail('parameter.unknown', {
        message: `The pipeline has no run parameter "${name}".`,
        mend:
          Object.keys(file.parameters).length > 0
            ? `It has ${Object.keys(file.parameters).sort().join(', ')}.`
            : 'It has no run parameters at all.',
      });
  return Object.fromEntries(
    Object.entries(file.parameters).map(([name, spec]) => [
      name,
      checkValue(name, spec, own(given, name) ?? spec.default),
    ]),
  );
}

function checkValue(name: string, spec: RunParameter, value: unknown): unknown {
  const wrong = (expected: string) =>
    fail('parameter.type', {
      message: `The run parameter "${name}" should be ${expected}, but is ${JSON.stringify(value) ?? 'not given'}.`,
      mend: `Give it with --param ${name}=VALUE.`,
    });
  if (value === undefined || value === null)
    throw fail('parameter.missing', {
      message: `The run parameter "${name}" has no value.`,
      mend: `Give it with --param ${name}=VALUE.`,
    });
  switch (spec.type) {
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a number');
      return value;
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value)) throw wrong('a whole number');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong('true or false');
      return value;
    case 'choice':
      if (typeof value !== 'string' || !(spec.choices ?? []).includes(value))
        throw wrong(`one of ${(spec.choices ?? []).join(', ')}`);
      return value;
    case 'text':
    case 'file':
    case 'column':
      // A column named 2020 or true arrives as a number or a boolean from a command line that reads values as JSON.
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      if (typeof value !== 'string' || value === '')
        throw wrong(
          spec.type === 'file' ? 'the path of a file' : spec.type === 'column' ? 'the name of a column' : 'a text',
        );
      return value;
  }
}

/** Replaces every reference inside a node's parameters. Unknown names fail at the node and parameter. */
export function substitute(
  params: Readonly<Record<string, unknown>>,
  values: ParameterValues,
  node: string,
): Record<string, unknown> {
  const visit = (value: unknown, param: string): unknown => {
    if (isReference(value)) {
      const name = value.slice(1);
      if (!Object.hasOwn(values, name))
        throw fail('parameter.no-such', {
          message: `The parameter "${param}" of node "${node}" refers to the run parameter "${name}", which the pipeline does not have.`,
          mend: 'Add the run parameter, or give the value itself.',
          node,
          param,
        });
      return values[name];
    }
    if (typeof value === 'string' && value.startsWith('==')) return value.slice(1);
    if (Array.isArray(value)) return value.map((item: unknown) => visit(item, param));
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, visit(v, param)]));
    return value;
  };
  return Object.fromEntries(Object.entries(params).map(([param, value]) => [param, visit(value, param)]));
}
