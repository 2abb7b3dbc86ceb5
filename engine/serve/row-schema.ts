/**
 * Brings the rows of a request to the model's schema before anything computes. What the file could say, a request can say: a text is read as the model's reader
 * reads a cell; numbers, yes/no and null of JSON mean what they mean. What cannot be read is named with its row and column.
 */
import { isReadFromText } from '../../shared/table/cell-reading.ts';
import { fail, type FlowyardError } from '../../shared/errors.ts';
import type { SqlValue } from '../../shared/sql.ts';
import { isImageType } from '../../shared/media/image.ts';
import { isInteger, typeFamily, type Column } from '../../shared/wires.ts';
import { isRecord, type ExactJson } from './exact-json.ts';
import type { RawRow, Scorer } from '../recipe/scorer/scorer.ts';

type Schema = Pick<Scorer, 'inputSchema' | 'knownColumns' | 'cells'>;

/** Rows count from 1, as in a table. */
export async function checkRows(rows: readonly ExactJson[], schema: Schema): Promise<RawRow[]> {
  const { inputSchema, knownColumns, cells } = schema;
  const known = new Set([...inputSchema.map((c) => c.name), ...knownColumns]);
  const columns = inputSchema.map((column) => ({ column, facts: factsOf(column.type) }));
  const words = new Set(cells.rules.missingWords);
  /** Cells whose text waits to be read. */
  const texts: { row: Record<string, SqlValue>; column: Column; number: number; text: string; value: ExactJson }[] = [];
  const checked = rows.map((given, i) => {
    const number = i + 1;
    if (!isRecord(given))
      throw fail('predict.bad-row', {
        message: `Row ${number} is no object with a value for each column.`,
        mend: 'Send rows as {"column": value, …}.',
        facts: { row: number },
      });
    for (const name of Object.keys(given)) if (!known.has(name)) throw unknownColumn(name, number, inputSchema);
    const row: Record<string, SqlValue> = Object.create(null);
    for (const { column, facts } of columns) {
      const value = valueOf(given, column, number);
      const read =
        facts.isDouble && typeof value === 'number' && Number.isFinite(value) ? value : readValue(value, facts, words);
      if (read === undefined) throw wrongType(value, column, number);
      if (typeof read === 'object' && read !== null) texts.push({ row, column, number, text: read.cell, value });
      else row[column.name] = read;
    }
    return row;
  });
  if (texts.length > 0) {
    const read = await cells.read(texts.map(({ text, column }) => ({ text, type: column.type })));
    texts.forEach(({ row, column, number, text, value }, i) => {
      // JSON has no dates: ISO is how they are written in it, whatever the file did.
      const found = read[i] === undefined && isTime(text, column.type) ? text : read[i];
      if (found === undefined) throw wrongType(value, column, number);
      row[column.name] = found !== null && isInteger(column.type) ? BigInt(found) : found;
    });
  }
  return checked;
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

function valueOf(row: Readonly<Record<string, ExactJson>>, column: Column, number: number): ExactJson {
  const value = Object.hasOwn(row, column.name) ? row[column.name] : undefined;
  if (value === undefined)
    throw fail('predict.missing-column', {
      message: `Row ${number} has no column "${column.name}".`,
      mend: 'Give it a value, or null where it is not known.',
      column: column.name,
      facts: { row: number },
    });
  return value;
}

function wrongType(value: ExactJson, column: Column, number: number): FlowyardError {
  const expected = expectedOf(column.type);
  return fail('predict.wrong-type', {
    message: `Row ${number}: the column "${column.name}" should be ${expected}, but is ${say(value)}.`,
    mend:
      typeFamily(column.type) === 'text' && typeof value !== 'object'
        ? 'Send it as a text, written as in the file that the model learnt from, or null where it is not known.'
        : `Send ${expected}, or null where it is not known.`,
    column: column.name,
    facts: { row: number },
  });
}

/** What its type says of a column, found once for all rows. */
interface TypeFacts {
  type: string;
  family: ReturnType<typeof typeFamily>;
  isRead: boolean;
  isWhole: boolean;
  /** A number of JSON is its value. */
  isDouble: boolean;
}
const factsOf = (type: string): TypeFacts => ({
  type,
  family: typeFamily(type),
  isRead: isReadFromText(type),
  isWhole: isInteger(type),
  isDouble: type === 'DOUBLE',
});

/** The value; a cell that is to be read as one of the file; or undefined for what the column cannot hold. */
function readValue(
  value: ExactJson,
  { type, family, isRead, isWhole }: TypeFacts,
  missingWords: ReadonlySet<string>,
): SqlValue | { cell: string } | undefined {
  if (value === null) return null;
  if (type === 'JSON') return JSON.stringify(value);
  if (isRead) {
    if (typeof value === 'string') return missingWords.has(value) ? null : { cell: value };
    if (typeof value === 'boolean') return family === 'boolean' ? value : undefined;
    if (typeof value === 'object') return undefined;
    if (isWhole) return readInteger(value, type);
    // 1e400 of JSON is infinite by now.
    if (family === 'number') return Number.isFinite(Number(value)) ? value : undefined;
    // 1 and 0 for yes and no, 20241231 for a day: as the file would have written them.
    const digits = readInteger(value, 'HUGEINT');
    return digits === undefined ? undefined : { cell: String(digits) };
  }
  if (family === 'text') {
    if (typeof value === 'string') return missingWords.has(value) ? null : value;
    // Of a number with decimals nobody knows how the file would have written it: 2.0 or 2, 1.5 or 1,5.
    return typeof value === 'number' || typeof value === 'bigint'
      ? readInteger(value, 'HUGEINT')?.toString()
      : undefined;
  }
  if (isImageType(type)) return typeof value === 'string' ? value : undefined;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function expectedOf(type: string): string {
  if (isInteger(type)) return `a whole number (${type})`;
  switch (typeFamily(type)) {
    case 'number':
      return 'a number';
    case 'text':
      return 'a text';
    case 'boolean':
      return 'true or false';
    case 'time':
      return timeForm(type);
    case 'other':
      return isImageType(type) ? 'the bytes of an image file in base64' : `a value of type ${type}`;
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

function readInteger(value: number | bigint, type: string): bigint | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
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
  if (typeFamily(type) !== 'time') return false;
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
  // Text is allowed everywhere, written as in the file that the model learnt from; it also holds what a client's numbers cannot.
  if (isInteger(type)) return { type: ['integer', 'string', 'null'] };
  switch (typeFamily(type)) {
    case 'number':
      return { type: ['number', 'string', 'null'] };
    case 'text':
      return { type: ['string', 'integer', 'null'] };
    case 'boolean':
      return { type: ['boolean', 'string', 'integer', 'null'] };
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
