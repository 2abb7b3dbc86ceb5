import { speechSegments, type SpeechSegment } from '../../../methods/audio/speech-segments.ts';
import { attachStaged } from '../../../shared/media/attach-staged.ts';
import { audioColumnOf } from '../../../shared/media/audio.ts';
import { distinctSounds, rowsWith } from '../../../shared/media/distinct-sounds.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { afterFailed, judgeFailedRows, orFailed, type FailedRow } from '../../../shared/run/failed-rows.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, sql, type SqlValue } from '../../../shared/sql.ts';
import { addedColumns } from '../../../shared/kind/added-columns.ts';
import { newColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
/** Air before and after a stretch, so that no first or last letter is cut off. */
const padMs = 30;

export default task(spec, {
  run: async (context) => {
    const { give } = context.params;
    const rows = context.table('rows');
    const column = audioColumnOf(context.params.column, rows.columns)?.name ?? '';
    const found = await findAll(context, column);
    const added = addedColumns(newColumns[give], rows.columns);
    const table = await context.stage(
      [{ name: '__hash', type: 'VARCHAR' }, { name: '__at', type: 'INTEGER' }, ...added],
      found.flatMap(({ hash, seconds, segments }) => rowsOf(hash, seconds, segments, give)),
    );
    const on = sql`r.${id(column)}.audio = s.__hash`;
    const without = give === 'share' ? 'kept' : 'left out';
    await context.outputs.table('rows', attachStaged(rows, { table, added, on, at: '__at', without }));
  },
});

async function findAll(context: Context, column: string) {
  const { signal, progress, params } = context;
  const sounds = await distinctSounds(context.table('rows'), column);
  const detector = await context.sounds.openVoiceDetector(context.threads);
  try {
    const found: { hash: string; seconds: number; segments: SpeechSegment[] }[] = [];
    const failed: FailedRow[] = [];
    for (const { audio, rows } of sounds) {
      const done = found.length + failed.length;
      progress(done / sounds.length, `${done} of ${sounds.length} sounds`);
      const samples = await orFailed(rows, () => context.sounds.samples(audio, detector.sampleRate, signal));
      if ('failed' in samples) {
        failed.push(samples.failed);
        continue;
      }
      const probabilities = await detector.probabilities(samples.value, signal);
      const segments = speechSegments(probabilities, detector.stepSeconds, audio.seconds, { ...params, padMs });
      found.push({ hash: audio.hash, seconds: audio.seconds, segments });
    }
    const warning = judgeFailedRows({ failed, rows: rowsWith(sounds), after: afterFailed }, params.failShare);
    if (warning !== undefined) context.warn(warning);
    return found;
  } finally {
    await detector.close();
  }
}

function rowsOf(
  hash: string,
  seconds: number,
  segments: readonly SpeechSegment[],
  give: 'segments' | 'share',
): SqlValue[][] {
  if (give === 'segments')
    return segments.map((s, at) => [hash, at, milli(s.startSeconds), milli(s.endSeconds), s.confidence]);
  const speech = segments.reduce((sum, s) => sum + s.endSeconds - s.startSeconds, 0);
  return [[hash, 0, seconds > 0 ? Math.min(1, speech / seconds) : 0, segments.length]];
}

const milli = (seconds: number): number => Math.round(seconds * 1000) / 1000;
