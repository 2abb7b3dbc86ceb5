import { speechChunks } from '../../../methods/audio/speech-chunks.ts';
import { speechSegments } from '../../../methods/audio/speech-segments.ts';
import { attachStaged } from '../../../shared/media/attach-staged.ts';
import { audioColumnOf, type AudioValue } from '../../../shared/media/audio.ts';
import { distinctSounds } from '../../../shared/media/distinct-sounds.ts';
import type { Transcriber, VoiceDetector } from '../../../shared/media/audio-service.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { afterFailed, judgeFailedRows, orFailed, type FailedRow } from '../../../shared/run/failed-rows.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, sql, type SqlValue } from '../../../shared/sql.ts';
import { addedColumns } from '../../../shared/kind/added-columns.ts';
import { newColumns, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Piece {
  startSeconds: number;
  endSeconds: number;
  text: string;
  language: string;
}
/** What the voice detector lets through: silence makes such models invent sentences. */
const heard = { threshold: 0.5, leastSpeechMs: 200, leastSilenceMs: 500, padMs: 200 };

export default task(spec, {
  sources: ({ model }) => [{ from: 'folder', param: 'model', path: model, endings: ['.onnx', '.json'] }],

  run: async (context) => {
    const { give, failShare } = context.params;
    const rows = context.table('rows');
    const column = audioColumnOf(context.params.column, rows.columns)?.name ?? '';
    const { found, failed } = await transcribeAll(context, column);
    const silent = found.filter(({ pieces }) => pieces.every((piece) => piece.text.trim() === ''));
    const mend = 'Listen to them: the voice detector hears nobody speak there, or the model writes nothing.';
    const problem = {
      code: 'transcriber.no-speech',
      message: `no speech was found, such as in "${silent[0]?.name ?? ''}"`,
      mend,
    };
    const warning = judgeFailedRows(
      {
        failed: [...failed, ...silent.map((one) => ({ problem, rows: one.rows }))],
        rows: [...failed, ...found].reduce((sum, one) => sum + one.rows, 0),
        after: failed.length === 0 ? mend : afterFailed,
      },
      failShare,
    );
    if (warning !== undefined) context.warn(warning);
    const added = addedColumns(newColumns[give], rows.columns);
    const table = await context.stage(
      [{ name: '__hash', type: 'VARCHAR' }, { name: '__at', type: 'INTEGER' }, ...added],
      found.flatMap(({ hash, pieces }) => rowsOf(hash, pieces, give)),
    );
    const on = sql`r.${id(column)}.audio = s.__hash`;
    const without = give === 'text' ? 'kept' : 'left out';
    await context.outputs.table('rows', attachStaged(rows, { table, added, on, at: '__at', without }));
  },
});

interface Transcribed {
  hash: string;
  name: string;
  /** That have it. */
  rows: number;
  pieces: Piece[];
}

async function transcribeAll(context: Context, column: string): Promise<{ found: Transcribed[]; failed: FailedRow[] }> {
  const { progress, params } = context;
  const sounds = await distinctSounds(context.table('rows'), column);
  const files = (await context.folder('model')).files.map((f): [string, string] => [
    f.path.split('/').at(-1) ?? '',
    f.place,
  ]);
  await using transcriber = closing(await context.sounds.openTranscriber(new Map(files), context.threads));
  await using detector = closing(await context.sounds.openVoiceDetector(context.threads));
  refuseUnknownLanguage(params.language, transcriber.value.languages);
  const all = sounds.reduce((sum, { audio }) => sum + audio.seconds, 0);
  let done = 0;
  const found: Transcribed[] = [];
  const failed: FailedRow[] = [];
  for (const { audio, rows } of sounds) {
    progress(all > 0 ? done / all : null, `${found.length + failed.length} of ${sounds.length} recordings`);
    const said = await orFailed(rows, () => transcribeOne(context, audio, transcriber.value, detector.value));
    if ('failed' in said) failed.push(said.failed);
    else found.push({ hash: audio.hash, name: audio.name, rows, pieces: said.value });
    done += audio.seconds;
  }
  return { found, failed };
}

async function transcribeOne(
  { sounds, signal, params }: Context,
  audio: AudioValue,
  transcriber: Transcriber,
  detector: VoiceDetector,
): Promise<Piece[]> {
  const samples = await sounds.samples(audio, transcriber.sampleRate, signal);
  const probabilities = await detector.probabilities(samples, signal);
  const segments = speechSegments(probabilities, detector.stepSeconds, audio.seconds, heard);
  const pieces: Piece[] = [];
  for (const { startSeconds, endSeconds } of speechChunks(segments, transcriber.mostSeconds)) {
    const part = samples.subarray(
      Math.round(startSeconds * transcriber.sampleRate),
      Math.round(endSeconds * transcriber.sampleRate),
    );
    const { text, language } = await transcriber.transcribe(part, { language: params.language }, signal);
    pieces.push({ startSeconds, endSeconds, text, language });
  }
  return pieces;
}

function refuseUnknownLanguage(language: string, known: readonly string[]): void {
  if (language === '' || known.length === 0 || known.includes(language)) return;
  throw fail('transcriber.language', {
    message: `The model knows no language "${language}".`,
    mend: `Choose one of ${known.slice(0, 12).join(', ')}${known.length > 12 ? ` and ${known.length - 12} more` : ''}, or leave it empty.`,
    param: 'language',
  });
}

function rowsOf(hash: string, pieces: readonly Piece[], give: 'text' | 'pieces'): SqlValue[][] {
  const milli = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  if (give === 'pieces')
    return pieces.map((p, at) => [hash, at, milli(p.startSeconds), milli(p.endSeconds), p.text, p.language]);
  const text = pieces.map((p) => p.text).join(' ');
  return [[hash, 0, text, pieces[0]?.language ?? null]];
}

const closing = <T extends { close: () => Promise<void> }>(value: T) => ({
  value,
  [Symbol.asyncDispose]: () => value.close(),
});
