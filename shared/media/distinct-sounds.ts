import type { TableInput } from '../capabilities.ts';
import { fail } from '../errors.ts';
import { id, sql } from '../sql.ts';
import { audioFields, readAudio, type AudioValue } from './audio.ts';

/** A sound, and how many rows have it. */
export interface DistinctSound {
  audio: AudioValue;
  rows: number;
}

/**
 * Each different sound of a column once, in the order of their names; missing ones left out.
 *
 * @throws `audio.none`
 */
export async function distinctSounds(
  { ref, query }: Pick<TableInput, 'ref' | 'query'>,
  column: string,
): Promise<DistinctSound[]> {
  const found = await query(
    sql`SELECT * FROM (SELECT DISTINCT ON (hash) *, count(*) OVER (PARTITION BY hash) AS n FROM (SELECT ${audioFields(column)} FROM ${ref} WHERE ${id(column)} IS NOT NULL) ORDER BY hash, "name") ORDER BY "name", hash`,
  );
  if (found.length === 0)
    throw fail('audio.none', { message: 'There is no sound in these rows.', mend: 'Look what the node before gives.' });
  return found.flatMap((row) => {
    const audio = readAudio(row);
    return audio === undefined ? [] : [{ audio, rows: Number(row['n']) }];
  });
}

export const rowsWith = (sounds: readonly DistinctSound[]): number => sounds.reduce((sum, { rows }) => sum + rows, 0);
