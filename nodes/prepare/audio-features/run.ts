import { clipFeatures } from '../../../methods/audio/clip-features.ts';
import { whisperMel } from '../../../methods/audio/log-mel.ts';
import { attachStaged } from '../../../shared/media/attach-staged.ts';
import { audioColumnOf, type AudioValue } from '../../../shared/media/audio.ts';
import { distinctSounds, rowsWith } from '../../../shared/media/distinct-sounds.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { fail } from '../../../shared/errors.ts';
import { afterFailed, judgeFailedRows, orFailed, type FailedRow } from '../../../shared/run/failed-rows.ts';
import { id, sql, type SqlValue } from '../../../shared/sql.ts';
import { addedColumns } from '../../../shared/kind/added-columns.ts';
import { featureColumns, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress } = context;
    const rows = context.table('rows');
    const column = audioColumnOf(params.column, rows.columns)?.name ?? '';
    const sounds = await distinctSounds(rows, column);
    const measured: SqlValue[][] = [];
    const failed: FailedRow[] = [];
    for (const { audio, rows: count } of sounds) {
      signal.throwIfAborted();
      const done = measured.length + failed.length;
      progress(done / sounds.length, `${done} of ${sounds.length} sounds`);
      const one = await orFailed(count, () => measure(context, audio));
      if ('failed' in one) failed.push(one.failed);
      else measured.push([audio.hash, ...one.value]);
    }
    const warning = judgeFailedRows({ failed, rows: rowsWith(sounds), after: afterFailed }, params.failShare);
    if (warning !== undefined) context.warn(warning);
    const added = addedColumns(featureColumns(params.bands), rows.columns);
    const table = await context.stage([{ name: '__hash', type: 'VARCHAR' }, ...added], measured);
    const on = sql`r.${id(column)}.audio = s.__hash`;
    await context.outputs.table('rows', attachStaged(rows, { table, added, on, without: 'kept' }));
  },
});

async function measure(
  { sounds, params, signal }: TaskContext<ParamsOf<typeof spec>>,
  audio: AudioValue,
): Promise<SqlValue[]> {
  const samples = await sounds.samples(audio, whisperMel.sampleRate, signal);
  if (samples.length >= whisperMel.frame) return [...clipFeatures(samples, params.bands)];
  throw fail('audio.too-short', {
    message: `"${audio.name}" lasts ${(audio.seconds * 1000).toFixed(0)} ms; 25 ms are needed to measure it.`,
    mend: 'Filter such rows by the column "seconds".',
    facts: { audio: audio.name },
  });
}
