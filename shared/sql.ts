/**
 * SQL is built, never glued: the tag quotes every value, identifiers go through `id`, and whatever a person typed goes through `expression`
 * so that the planner can judge it before it is run. A fragment may name its inputs (`ref('rows')`); they are filled in when a chain of nodes is
 * composed into one query, or when a model applies the same step to other rows.
 */
import { append } from './append.ts';

export type SqlValue = string | number | bigint | boolean | null;
type Part = string | { readonly ref: string };

export class Sql {
  readonly parts: readonly Part[];
  /** Text that a person typed, with the parameter it came from. */
  readonly typed: readonly TypedText[];
  constructor(parts: readonly Part[], typed: readonly TypedText[] = []) {
    this.parts = parts;
    this.typed = typed;
  }
  /** The text, with each named input replaced by what `fill` gives for it. */
  render(fill: (ref: string) => string = unfilled): string {
    return this.parts.map((part) => (typeof part === 'string' ? part : fill(part.ref))).join('');
  }
}

export interface TypedText {
  form: 'expression' | 'select';
  text: string;
  param: string;
  /** Columns that it may name beside those of its inputs. */
  known?: readonly string[];
}

function unfilled(ref: string): never {
  throw new Error(`the SQL fragment still names its input "${ref}"`);
}

export function sql(strings: TemplateStringsArray, ...values: readonly (Sql | SqlValue)[]): Sql {
  const parts: Part[] = [];
  const typed: TypedText[] = [];
  strings.forEach((text, i) => {
    parts.push(text);
    if (i >= values.length) return;
    const value = values[i];
    if (value instanceof Sql) {
      append(parts, value.parts);
      append(typed, value.typed);
    } else parts.push(literal(value ?? null));
  });
  return new Sql(parts, typed);
}

/** A value as a DuckDB literal. Doubles are written so that they read back to the same bits. */
export function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return value.toString();
  if (Number.isNaN(value)) return "'NaN'::DOUBLE";
  if (!Number.isFinite(value)) return value > 0 ? "'Infinity'::DOUBLE" : "'-Infinity'::DOUBLE";
  if (Object.is(value, -0)) return "'-0.0'::DOUBLE";
  return Number.isSafeInteger(value) ? `${value}` : `${value.toExponential()}::DOUBLE`;
}

/** DuckDB's parser ends at a byte of zero, which texts of a file may well hold. */
function text(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\0') ? `(${quoted.replaceAll('\0', "' || chr(0) || '")})` : quoted;
}

/** An integer literal means an integer to DuckDB; where a DOUBLE is meant, say so. */
export const double = (value: number): Sql =>
  new Sql([Number.isFinite(value) ? `${value.toExponential()}::DOUBLE` : literal(value)]);

export const id = (name: string): Sql => new Sql([`"${name.replaceAll('"', '""')}"`]);
export const raw = (text: string): Sql => new Sql([text]);
export const ref = (name: string): Sql => new Sql([{ ref: name }]);
export const expression = (text: string, param: string, known: readonly string[] = []): Sql =>
  new Sql(['(', text, '\n)'], [{ form: 'expression', text, param, known }]);
export const select = (text: string, param: string): Sql =>
  new Sql(['(', text, '\n)'], [{ form: 'select', text, param }]);

export function join(fragments: readonly Sql[], separator = ', '): Sql {
  const parts: Part[] = [];
  const typed: TypedText[] = [];
  fragments.forEach((fragment, i) => {
    if (i > 0) parts.push(separator);
    append(parts, fragment.parts);
    append(typed, fragment.typed);
  });
  return new Sql(parts, typed);
}
export const ids = (names: readonly string[]): Sql => join(names.map(id));
