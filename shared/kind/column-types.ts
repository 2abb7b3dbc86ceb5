/** The types that people set: saved as meanings, each with DuckDB's name. A DuckDB name itself is allowed too (`DECIMAL(18,2)`), where a meaning is too coarse. */
import * as z from 'zod';
import { typeFamily } from '../wires.ts';

export const columnTypes = {
  text: { title: 'text', sql: 'VARCHAR' },
  integer: { title: 'whole number', sql: 'BIGINT' },
  number: { title: 'number', sql: 'DOUBLE' },
  boolean: { title: 'yes/no', sql: 'BOOLEAN' },
  date: { title: 'date', sql: 'DATE' },
  time: { title: 'time of day', sql: 'TIME' },
  timestamp: { title: 'date and time', sql: 'TIMESTAMP' },
  instant: { title: 'date and time with zone', sql: 'TIMESTAMP WITH TIME ZONE' },
} as const satisfies Readonly<Record<string, { title: string; sql: string }>>;
export type ColumnType = keyof typeof columnTypes;

const isMeaning = (type: string): type is ColumnType => Object.hasOwn(columnTypes, type);

export const sqlType = (type: string): string => (isMeaning(type) ? columnTypes[type].sql : type);
export const sayType = (type: string): string => (isMeaning(type) ? columnTypes[type].title : type);

export const columnTypeField = z
  .string()
  .refine(
    (type) => isMeaning(type) || typeFamily(type) !== 'other',
    `a type is one of ${Object.keys(columnTypes).join(', ')}, or a DuckDB type such as DECIMAL(18,2)`,
  )
  .meta({
    title: 'Type',
    help: 'The type that the column gets.',
    widget: 'choice',
    choices: Object.fromEntries(Object.entries(columnTypes).map(([meaning, { title }]) => [meaning, title])),
  });
