/** A sound in a table: a value that names a file's bytes by their SHA-256, as an image does (`image.ts`). The bytes lie in the workspace's kept files. */
import { id, sql, type Sql, type SqlValue } from '../sql.ts';
import type { Column, TableSchema } from '../wires.ts';
import { absentColumn } from '../spec/column-findings.ts';
import type { Finding } from '../spec/define-spec.ts';

/** DuckDB's type of a column of sounds. */
export const audioType = 'STRUCT(audio VARCHAR, "name" VARCHAR, seconds DOUBLE, sample_rate INTEGER, channels INTEGER)';

export const isAudioType = (type: string): boolean => type.replaceAll('"', '') === audioType.replaceAll('"', '');

export interface AudioValue {
  /** SHA-256 of the file's bytes, hexadecimal. */
  hash: string;
  name: string;
  seconds: number;
  /** In hertz. */
  sampleRate: number;
  channels: number;
}

/** The sound's fields as columns of their own, to be read by `readAudio`. */
export const audioFields = (column: string): Sql => {
  const c = id(column);
  return sql`${c}.audio AS hash, ${c}."name" AS "name", ${c}.seconds AS seconds, ${c}.sample_rate AS sample_rate, ${c}.channels AS channels`;
};

/** A row of `audioFields`; nothing where the sound is missing. */
export function readAudio(row: Readonly<Record<string, SqlValue>>): AudioValue | undefined {
  const { hash, name, seconds, sample_rate: rate, channels } = row;
  if (typeof hash !== 'string') return undefined;
  return {
    hash,
    name: typeof name === 'string' ? name : hash.slice(0, 12),
    seconds: Number(seconds),
    sampleRate: Number(rate),
    channels: Number(channels),
  };
}

/** The column that a parameter names, or the only one there is. */
export function audioColumnOf(name: string, columns: readonly Column[]): Column | undefined {
  const sounds = columns.filter((c) => isAudioType(c.type));
  return name === '' ? (sounds.length === 1 ? sounds[0] : undefined) : sounds.find((c) => c.name === name);
}

export function audioColumnFindings(name: string, schema: TableSchema | undefined): Finding[] {
  if (schema === undefined || audioColumnOf(name, schema.columns) !== undefined) return [];
  const sounds = schema.columns.filter((c) => isAudioType(c.type));
  if (sounds.length === 0)
    return [
      {
        code: 'audio.no-column',
        message: 'There is no column of sounds here.',
        mend: 'Read a folder with Sounds, and keep its column "audio".',
        param: 'column',
      },
    ];
  if (name === '')
    return [
      {
        code: 'audio.several-columns',
        message: `There are ${sounds.length} columns of sounds: ${sounds.map((c) => c.name).join(', ')}.`,
        mend: 'Choose one of them.',
        param: 'column',
      },
    ];
  if (!schema.columns.some((c) => c.name === name)) return [absentColumn(name, schema.columns, 'column')];
  return [
    {
      code: 'audio.not-a-column-of-sounds',
      message: `The column "${name}" holds no sounds.`,
      mend: `Choose "${sounds[0]?.name ?? ''}".`,
      param: 'column',
      column: name,
    },
  ];
}
