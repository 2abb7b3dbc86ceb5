/** Checks raw rows against the model's schema before anything computes: each mistake is named with its row and column. */
import { fail, type FlowyardError } from '../../shared/errors.ts';
import type { SqlValue } from '../../shared/sql.ts';
import { isImageType } from '../../shared/image.ts';
import { isInteger, typeFamily, type Column } from '../../shared/wires.ts';
import { isRecord, type ExactJson } from './exact-json.ts';
import type { RawRow, Scorer } from './scorer.ts';

type Schema = Pick<Scorer, 'inputSchema' | 'knownColumns'>;

/** Rows count from 1, as in a table. */
export function checkRows(rows: readonly ExactJson[], { inputSchema, knownColumns }: Schema): RawRow[] {
  const known = new Set([...inputSchema.map((c) => c.name), ...knownColumns]);
  return rows.map((row, i) => {
    const number = i + 1;
    if (!isRecord(row))
      throw fail('predict.bad-row', {
        message: `Row ${number} is no object with a value for each column.`,
        mend: 'Send rows as {"column": value, …}.',
        facts: { row: number },
      });
    for (const name of Object.keys(row)) if (!known.has(name)) throw unknownColumn(name, number, inputSchema);
    return Object.fromEntries(inputSchema.map((column) => [column.name, readValue(row, column, number)]));
  });
}

function unknownColumn(name: string, row: number, schema: readonly Column[]): FlowyardError {
  const near = schema.find((column) => column.name.toLowerCase() === name.trim().toLowerCase());
  return fail('predict.unknown-column', {
    message: `Row ${row} has a column "${name}", which the model does not know.`,
    mend:
      near === undefined
        ? `Leave it out. The model reads ${list(schema.map((c) => c.name))}.`
        : `Did you mean "${near.name}"?`,
    column: name,
    facts: { row },
  });
}

function readValue(row: Readonly<Record<string, ExactJson>>, column: Column, number: number): SqlValue {
  const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
  if (value === undefined)
    throw fail('predict.missing-column', {
      message: `Row ${number} has no column "${column.name}".`,
      mend: 'Give it a value, or null where it is not known.',
      column: column.name,
      facts: { row: number },
    });
  if (value === null) return null;
  const { expected, read } = readerOf(column.type);
  const got = read(value);
  if (got === undefined)
    throw fail('predict.wrong-type', {
      message: `Row ${number}: the column "${column.name}" should be ${expected}, but is ${say(value)}.`,
      mend: `Send ${expected}, or null where it is not known.`,
      column: column.name,
      facts: { row: number },
    });
  return got;
}

interface Reader {
  expected: string;
  read: (value: ExactJson) => SqlValue | undefined;
}

function readerOf(type: string): Reader {
  if (isInteger(type)) return { expected: `a whole number (${type})`, read: (value) => readInteger(value, type) };
  switch (typeFamily(type)) {
    case 'number':
      return {
        expected: 'a number',
        read: (value) =>
          typeof value === 'number' || typeof value === 'bigint'
            ? value
            : type.startsWith('DECIMAL') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)
              ? value
              : undefined,
      };
    case 'text':
      return { expected: 'a text', read: (value) => (typeof value === 'string' ? value : undefined) };
    case 'boolean':
      return { expected: 'true or false', read: (value) => (typeof value === 'boolean' ? value : undefined) };
    case 'time':
      return {
        expected: timeForm(type),
        read: (value) => (typeof value === 'string' && isTime(value, type) ? value : undefined),
      };
    case 'other':
      if (isImageType(type))
        return {
          expected: 'the bytes of an image file in base64',
          read: (value) => (typeof value === 'string' ? value : undefined),
        };
      return {
        expected: `a value of type ${type}`,
        read: (value) => (typeof value === 'object' ? JSON.stringify(value) : value),
      };
  }
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = Object.fromEntries(
  [
    ['TINYINT', 8],
    ['SMALLINT', 16],
    ['INTEGER', 32],
    ['BIGINT', 64],
    ['HUGEINT', 128],
  ].flatMap(([name, bits]): [string, readonly [bigint, bigint]][] => {
    const half = 1n << BigInt(Number(bits) - 1);
    return [
      [String(name), [-half, half - 1n]],
      [`U${String(name)}`, [0n, 2n * half - 1n]],
    ];
  }),
);

/** A whole number, or the same as text where JSON's readers would round it. */
function readInteger(value: ExactJson, type: string): bigint | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  if (typeof value === 'string' && !/^-?\d{1,39}$/.test(value)) return undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string') return undefined;
  const whole = BigInt(value);
  const [least, most] = ranges[type] ?? [whole, whole];
  return whole >= least && whole <= most ? whole : undefined;
}

const date = String.raw`\d{4}-\d{2}-\d{2}`;
const time = String.raw`\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?`;
const zone = String.raw`(Z|[+-]\d{2}(:?\d{2})?)?`;
const patterns = {
  date: new RegExp(`^${date}$`),
  time: new RegExp(`^${time}${zone}$`),
  timestamp: new RegExp(`^${date}([T ]${time}${zone})?$`),
};

const kindOfTime = (type: string): keyof typeof patterns =>
  type === 'DATE' ? 'date' : type.startsWith('TIMESTAMP') ? 'timestamp' : 'time';
const timeForm = (type: string): string =>
  ({
    date: 'a date as "2026-11-24"',
    time: 'a time as "09:30:00"',
    timestamp: 'a date and time as "2026-11-24T09:30:00"',
  })[kindOfTime(type)];
function isTime(value: string, type: string): boolean {
  const kind = kindOfTime(type);
  if (!patterns[kind].test(value)) return false;
  // Of a zone Date.parse knows hours with minutes alone, where databases write hours too.
  const whole = value
    .replace(' ', 'T')
    .replace(/(:\d{2}(?:\.\d+)?[+-]\d{2})(\d{2})?$/, (_, before, minutes = '00') => `${before}:${minutes}`);
  if (kind === 'time') return !Number.isNaN(Date.parse(`2000-01-01T${whole}`));
  const day = value.slice(0, 10);
  // Date.parse rolls 31 February over into March.
  return !Number.isNaN(Date.parse(whole)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function say(value: ExactJson): string {
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return String(value);
}
const list = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');

/** JSON schema of a row, for people and for generators of clients. */
export function rowJsonSchema(
  { inputSchema, expects }: Pick<Scorer, 'inputSchema' | 'expects'>,
  title: string,
): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...(expects === undefined ? {} : { description: sayExpected(expects) }),
    type: 'object',
    required: inputSchema.map((c) => c.name),
    properties: Object.fromEntries(
      inputSchema.map((column) => [column.name, { ...columnSchema(column.type), description: column.type }]),
    ),
  };
}
/** Where a row is no row of the file that was read. */
export const sayExpected = (node: string): string =>
  `A row as it comes out of "${node}", behind which the model begins and which it cannot repeat: not as the file had it.`;
function columnSchema(type: string): Record<string, unknown> {
  // Text is allowed too: the way to send what a client's numbers cannot hold.
  if (isInteger(type)) return { type: ['integer', 'string', 'null'] };
  switch (typeFamily(type)) {
    case 'number':
      return { type: ['number', 'null'] };
    case 'text':
      return { type: ['string', 'null'] };
    case 'boolean':
      return { type: ['boolean', 'null'] };
    case 'time':
      return {
        type: ['string', 'null'],
        format: { date: 'date', time: 'time', timestamp: 'date-time' }[kindOfTime(type)],
      };
    case 'other':
      return isImageType(type)
        ? { type: ['string', 'null'], contentEncoding: 'base64', contentMediaType: 'image/*' }
        : {};
  }
}
