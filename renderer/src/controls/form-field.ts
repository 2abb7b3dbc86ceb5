/** The form of a node's settings, read from its zod schema: one field a parameter, with the widget, the limits and the default that it declares. */
import * as z from 'zod';
import { fieldMeta, type FieldMeta } from '../../../shared/kind/fields/fields.ts';

export interface FormField {
  name: string;
  meta: FieldMeta;
  /** What holds when the file does not say; undefined when the field has none. */
  default: unknown;
  min?: number;
  max?: number;
  isInteger: boolean;
  /** May be left empty: the value is null then. */
  isNullable: boolean;
  /** Values of a choice, in the order of the declaration, with their words. */
  choices: { value: string; title: string }[];
  /** A list of column names whose order matters, not a rule. */
  isOrdered: boolean;
  /** Fields of one record of a list of rules. */
  items: FormField[];
  /** The value's field of a map. */
  valueField: FormField | null;
  schema: z.ZodType;
}

/** Limits beyond this stand for "no limit" in the kit of fields. */
const noLimit = 2 ** 31 - 1;

export function fieldsOf(params: z.ZodObject): FormField[] {
  return Object.entries(params.shape).flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? (toField(name, schema) ?? []) : [],
  );
}

function toField(name: string, schema: z.ZodType): FormField | undefined {
  const meta = fieldMeta(schema);
  return meta === undefined ? undefined : describeField(name, meta, schema);
}

/** One field from its schema and what is said about it. */
export function describeField(name: string, meta: FieldMeta, schema: z.ZodType): FormField {
  const { inner, fallback, isNullable } = unwrap(schema);
  const isInteger = meta.widget === 'integer';
  return {
    name,
    meta,
    default: fallback,
    isInteger,
    isNullable,
    ...limits(inner),
    choices: choicesOf(inner, meta),
    isOrdered: meta['ordered'] === true,
    items: inner instanceof z.ZodArray && inner.element instanceof z.ZodObject ? fieldsOf(inner.element) : [],
    valueField:
      inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodType ? valueField(inner.valueType) : null,
    schema,
  };
}

/** The value of a map may be a bare schema: its widget follows from what it holds. */
function valueField(schema: z.ZodType): FormField {
  const { inner } = unwrap(schema);
  const widget =
    inner instanceof z.ZodEnum
      ? 'choice'
      : inner instanceof z.ZodNumber
        ? 'number'
        : inner instanceof z.ZodBoolean
          ? 'switch'
          : 'text';
  return describeField('value', fieldMeta(schema) ?? { title: '', help: '', widget }, schema);
}

function unwrap(schema: z.ZodType): { inner: z.ZodType; fallback: unknown; isNullable: boolean } {
  let inner = schema;
  let fallback: unknown;
  let isNullable = false;
  for (;;) {
    if (inner instanceof z.ZodDefault) {
      fallback ??= inner.def.defaultValue;
      if (inner.def.defaultValue === null) fallback = null;
    } else if (inner instanceof z.ZodNullable) isNullable = true;
    else if (!(inner instanceof z.ZodOptional)) return { inner, fallback, isNullable };
    const next: unknown = inner.def.innerType;
    if (!(next instanceof z.ZodType)) return { inner, fallback, isNullable };
    inner = next;
  }
}

function limits(inner: z.ZodType): { min?: number; max?: number } {
  if (!(inner instanceof z.ZodNumber)) return {};
  const { minValue, maxValue } = inner;
  return {
    ...(minValue !== null && minValue > -noLimit ? { min: minValue } : {}),
    ...(maxValue !== null && maxValue < noLimit ? { max: maxValue } : {}),
  };
}

function choicesOf(inner: z.ZodType, meta: FieldMeta): { value: string; title: string }[] {
  // A text for which there are usual words, such as the type of a column, is chosen from these.
  if (!(inner instanceof z.ZodEnum))
    return Object.entries(meta.choices ?? {}).map(([value, title]) => ({ value, title }));
  return inner.options.map((option) => ({
    value: String(option),
    title: meta.choices?.[String(option)] ?? String(option),
  }));
}

export interface FormSection {
  /** Empty for the first, which has no fold of its own. */
  title: string;
  fields: FormField[];
}

/** Fields in the order of their sections' first appearance; those without a section come first. */
export function sectionsOf(fields: readonly FormField[]): FormSection[] {
  const sections = new Map<string, FormField[]>([['', []]]);
  for (const field of fields) {
    const title = field.meta.section ?? '';
    const list = sections.get(title);
    if (list) list.push(field);
    else sections.set(title, [field]);
  }
  return [...sections].map(([title, list]) => ({ title, fields: list })).filter((section) => section.fields.length > 0);
}

/** The value that holds: what the file says, else the default. */
export const valueOf = (field: FormField, params: Readonly<Record<string, unknown>>): unknown =>
  Object.hasOwn(params, field.name) ? params[field.name] : field.default;

/** Whether the field is shown, by what another parameter says. A field whose condition is itself hidden is hidden too. */
export function isShown(
  field: FormField,
  fields: readonly FormField[],
  params: Readonly<Record<string, unknown>>,
): boolean {
  const { when } = field.meta;
  if (when === undefined) return true;
  const other = fields.find((f) => f.name === when.param);
  if (other === undefined) return true;
  const value = valueOf(other, params);
  const holds =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? when.is.includes(value)
      : false;
  return holds && isShown(other, fields, params);
}

/** Few and short choices stand side by side; others fold into a list. */
export const isSegmented = (field: FormField): boolean =>
  field.choices.length <= 3 &&
  field.choices.every((c) => c.title.length <= 11) &&
  field.choices.reduce((sum, c) => sum + c.title.length, 0) <= 24;

export const sameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
