/** The form that an answer is asked in: fields as a person lists them, or a JSON Schema. */
import * as z from 'zod';
import { fail } from '../errors.ts';
import type { PipelineNode } from '../pipeline/file.ts';
import type { SqlValue } from '../sql.ts';
import type { Column } from '../wires.ts';

type Json = PipelineNode['params'][string];

export interface AnswerField {
  name: string;
  type: 'text' | 'number' | 'integer' | 'boolean' | 'choice';
  /** Of a choice, separated by commas. */
  choices: string;
}

export const choicesOf = (field: Pick<AnswerField, 'choices'>): string[] =>
  field.choices
    .split(',')
    .map((choice) => choice.trim())
    .filter((choice) => choice !== '');

const sqlTypes = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  choice: 'VARCHAR',
} as const;
export const columnsOfFields = (fields: readonly AnswerField[]): Column[] =>
  fields.map((field) => ({ name: field.name, type: sqlTypes[field.type] }));

/** Whole numbers get bounds: a grammar without them lets a model write digits for ever. */
const bounds = { minimum: -1_000_000_000, maximum: 1_000_000_000 };

/** The schema of an answer: the one that was given, else one of the fields; undefined: free text. @throws `language.bad-schema` */
export function schemaOf(fields: readonly AnswerField[], schema: string): Json | undefined {
  if (schema.trim() !== '') return parseSchema(schema);
  if (fields.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, propertyOf(field)])),
    required: fields.map((field) => field.name),
    additionalProperties: false,
  };
}

function propertyOf(field: AnswerField): Json {
  switch (field.type) {
    case 'choice':
      return { enum: choicesOf(field) };
    case 'text':
      return { type: 'string' };
    case 'integer':
      return { type: 'integer', ...bounds };
    default:
      return { type: field.type };
  }
}

export function parseSchema(text: string): Json {
  try {
    return z.json().parse(JSON.parse(text));
  } catch (cause) {
    throw fail(
      'language.bad-schema',
      {
        message: `The JSON Schema is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Correct it, or list the fields instead.',
        param: 'schema',
      },
      { cause },
    );
  }
}

/** The fields' values of an answer that keeps their schema. */
export function readFields(answer: unknown, fields: readonly AnswerField[]): SqlValue[] {
  const values =
    typeof answer === 'object' && answer !== null ? new Map(Object.entries(answer)) : new Map<string, unknown>();
  return fields.map(({ name }) => {
    const value: unknown = values.get(name);
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  });
}
