/** Whether a value keeps a JSON Schema, for the part of JSON Schema that a grammar is made of: type, properties, required, items, enum, const, oneOf/anyOf, bounds, lengths and patterns. */

/** The first fault, with its place; undefined: it keeps the schema. */
export function findJsonFault(value: unknown, schema: unknown, place = 'the answer'): string | undefined {
  if (!isObject(schema)) return undefined;
  const some = [schema['oneOf'], schema['anyOf']].find(Array.isArray);
  if (some !== undefined && !some.some((one) => findJsonFault(value, one, place) === undefined))
    return `${place} is none of the allowed forms`;
  if ('const' in schema && !same(value, schema['const'])) return `${place} is not ${JSON.stringify(schema['const'])}`;
  const choices = schema['enum'];
  if (Array.isArray(choices) && !choices.some((one) => same(value, one)))
    return `${place} is ${JSON.stringify(value)}, which is not one of ${choices.map((c) => JSON.stringify(c)).join(', ')}`;
  const types = [schema['type'] ?? []].flat();
  if (types.length > 0 && !types.some((type) => isType(value, type)))
    return `${place} is no ${types.map(String).join(' or ')}`;
  return (
    findBoundFault(value, schema, place) ??
    (Array.isArray(value)
      ? findItemFault(value, schema, place)
      : isObject(value)
        ? findPropertyFault(value, schema, place)
        : undefined)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function isType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

function fitsPattern(value: string, pattern: unknown): boolean {
  if (typeof pattern !== 'string') return true;
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    // A pattern of another dialect bounds nothing here.
    return true;
  }
}

function findBoundFault(value: unknown, schema: Record<string, unknown>, place: string): string | undefined {
  const size =
    typeof value === 'number' ? value : typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  if (size === undefined) return undefined;
  const [low, high] =
    typeof value === 'number'
      ? ['minimum', 'maximum']
      : typeof value === 'string'
        ? ['minLength', 'maxLength']
        : ['minItems', 'maxItems'];
  const [least, most] = [schema[low ?? ''], schema[high ?? '']];
  if (typeof value === 'string' && !fitsPattern(value, schema['pattern']))
    return `${place} is ${JSON.stringify(value)}, which does not fit the pattern ${String(schema['pattern'])}`;
  const what = typeof value === 'number' ? `${place} is ${size}` : `${place} has the length ${size}`;
  if (typeof least === 'number' && size < least) return `${what}, less than ${least}`;
  if (typeof most === 'number' && size > most) return `${what}, more than ${most}`;
  if (typeof value !== 'number') return undefined;
  const [above, below, step] = ['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].map((word) => schema[word]);
  if (typeof above === 'number' && value <= above) return `${what}, not above ${above}`;
  if (typeof below === 'number' && value >= below) return `${what}, not below ${below}`;
  if (typeof step === 'number' && step > 0 && Math.abs(value / step - Math.round(value / step)) > 1e-9)
    return `${what}, no multiple of ${step}`;
  return undefined;
}

function findItemFault(value: readonly unknown[], schema: Record<string, unknown>, place: string): string | undefined {
  for (const [i, item] of value.entries()) {
    const fault = findJsonFault(item, schema['items'], `${place}[${i}]`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findPropertyFault(
  value: Record<string, unknown>,
  schema: Record<string, unknown>,
  place: string,
): string | undefined {
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${place} lacks "${missing}"`;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, own] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const fault = findJsonFault(value[name], own, `${place}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
