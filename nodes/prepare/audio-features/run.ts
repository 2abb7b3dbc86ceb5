import { clipFeatures } from '../../../methods/audio/clip-features.ts';
import { whisperMel } from '../../../methods/audio/log-mel.ts';
import { attachStaged } from '../../../shared/attach-staged.ts';
import { audioColumnOf, audioFields, readAudio } from '../../../shared/audio.ts';
import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { id, sql, type SqlValue } from '../../../shared/sql.ts';
import { addedColumns } from '../../../shared/spec/added-columns.ts';
import { featureColumns, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress } = context;
    const rows = context.table('rows');
    const column = audioColumnOf(params.column, rows.columns)?.name ?? '';
    const sounds = await rows.query(
      sql`SELECT * FROM (SELECT DISTINCT ON (hash) * FROM (SELECT ${audioFields(column)} FROM ${rows.ref} WHERE ${id(column)} IS NOT NULL) ORDER BY hash, "name") ORDER BY "name", hash`,
    );
    if (sounds.length === 0)
      throw fail('audio.none', {
        message: 'There is no sound in these rows.',
        mend: 'Look what the node before gives.',
      });
    const measured: SqlValue[][] = [];
    for (const row of sounds) {
      signal.throwIfAborted();
      const audio = readAudio(row);
      if (audio === undefined) continue;
      progress(measured.length / sounds.length, `${measured.length} of ${sounds.length} sounds`);
      const samples = await context.sounds.samples(audio, whisperMel.sampleRate, signal);
      if (samples.length < whisperMel.frame)
        throw fail('audio.too-short', {
          message: `"${audio.name}" lasts ${(audio.seconds * 1000).toFixed(0)} ms; 25 ms are needed to measure it.`,
          mend: 'Filter such rows by the column "seconds".',
          facts: { audio: audio.name },
        });
      measured.push([audio.hash, ...clipFeatures(samples, params.bands)]);
    }
    const added = addedColumns(featureColumns(params.bands), rows.columns);
    const table = await context.stage([{ name: '__hash', type: 'VARCHAR' }, ...added], measured);
    const on = sql`r.${id(column)}.audio = s.__hash`;
    await context.outputs.table('rows', attachStaged(rows, { table, added, on, without: 'kept' }));
  },
});
