/**
 * A JSON Schema as node-llama-cpp makes a grammar of it. What that does not know becomes `null` in silence: each `anyOf`, as pydantic writes an optional field,
 * would be answered with null always. Here it is said in words that it knows, or refused.
 */
import { fail } from '../../shared/errors.ts';

type Schema = Readonly<Record<string, unknown>>;
const types = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']);
const anyValue = { oneOf: ['string', 'number', 'boolean', 'null'].map((type) => ({ type })) };
/** Words that say nothing of the value's form. */
const remarks = new Set(['title', 'description', 'default', 'examples', '$comment', '$schema', '$id', 'deprecated']);

/** @param place of the schema, for words @throws `language.bad-schema` */
export function grammarSchema(schema: unknown, place = 'The JSON Schema'): Schema {
  if (schema === true) return anyValue;
  if (!isObject(schema)) throw unfit(place, 'is no object');
  const { anyOf, allOf, ...own } = schema;
  if (Array.isArray(allOf)) {
    if (allOf.length !== 1 || !isObject(allOf[0])) throw unfit(place, 'joins several forms by "allOf"');
    return grammarSchema({ ...own, ...(anyOf === undefined ? {} : { anyOf }), ...allOf[0] }, place);
  }
  const made = typed(anyOf === undefined ? own : { ...own, oneOf: anyOf });
  for (const type of [made['type'] ?? []].flat())
    if (typeof type !== 'string' || !types.has(type))
      throw unfit(place, `has the type ${JSON.stringify(type)}, which there is not`);
  if (['type', 'enum', 'const', 'oneOf', '$ref'].every((word) => !(word in made))) {
    const odd = Object.keys(made).filter((word) => !remarks.has(word) && !word.startsWith('$'));
    if (odd.length > 0) throw unfit(place, `says its form by ${odd.map((word) => `"${word}"`).join(', ')} alone`);
    return { ...made, ...anyValue };
  }
  return withParts(made, place);
}

const typed = (schema: Schema): Schema =>
  'type' in schema
    ? schema
    : 'properties' in schema
      ? { type: 'object', ...schema }
      : 'items' in schema || 'prefixItems' in schema
        ? { type: 'array', ...schema }
        : schema;

function withParts(schema: Schema, place: string): Schema {
  const made: Record<string, unknown> = { ...schema };
  for (const word of ['properties', '$defs', 'definitions']) {
    const parts = schema[word];
    if (isObject(parts))
      made[word] = Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [name, grammarSchema(part, `"${name}" in the JSON Schema`)]),
      );
  }
  for (const word of ['oneOf', 'prefixItems']) {
    const parts = schema[word];
    if (Array.isArray(parts)) made[word] = parts.map((part) => grammarSchema(part, place));
  }
  for (const word of ['items', 'additionalProperties'])
    if (isObject(schema[word])) made[word] = grammarSchema(schema[word], place);
  return made;
}

/** Words that bound a value and that no grammar keeps. */
const unheld = [
  'pattern',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'uniqueItems',
  'contains',
  'not',
  'if',
  'patternProperties',
  'propertyNames',
];

/** The first word of a schema that answers are not held to; undefined: they keep it whole. */
export function unheldWord(schema: unknown): string | undefined {
  if (Array.isArray(schema)) return firstOf(schema);
  if (!isObject(schema)) return undefined;
  return (
    unheld.find((word) => schema[word] !== undefined && schema[word] !== false) ??
    firstOf(['properties', '$defs', 'definitions'].flatMap((word) => Object.values(schema[word] ?? {}))) ??
    firstOf(['items', 'additionalProperties', 'prefixItems', 'oneOf', 'anyOf', 'allOf'].map((word) => schema[word]))
  );
}
const firstOf = (schemas: readonly unknown[]): string | undefined =>
  schemas.map(unheldWord).find((word) => word !== undefined);

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const unfit = (place: string, what: string) =>
  fail('language.bad-schema', {
    message: `${place} ${what}: no grammar can be made of that.`,
    mend: 'Use objects, arrays, strings, numbers, integers, booleans, enums, $ref, oneOf and anyOf.',
  });
