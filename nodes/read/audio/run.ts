import { append } from '../../../shared/append.ts';
import { audioType } from '../../../shared/media/audio.ts';
import type { KeptAudio } from '../../../shared/media/audio-service.ts';
import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import type { Report, ReportBlock } from '../../../shared/report.ts';
import { countBy, countTable, leftOutTable } from '../../../shared/source/folder-report.ts';
import type { SourceFolder, SourceFolderFile } from '../../../shared/source/source-folder.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { audioEndings, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
interface Fault {
  path: string;
  says: string;
}
const recordingsCounted = { name: 'recordings', title: 'Recordings' };

export default task(spec, {
  sources: ({ folder }) => [{ from: 'folder', param: 'folder', path: folder, endings: audioEndings }],

  run: async (context) => {
    const { params, outputs, metric, signal, progress } = context;
    const folder = await context.folder('folder');
    const { files } = folder;
    if (files.length === 0)
      throw fail('audio.none', {
        message: `There is no recording in "${folder.name}".`,
        mend: `Choose a folder with files that end in ${audioEndings.join(', ')}.`,
        param: 'folder',
      });
    const found = await context.sounds.keep(files, {
      signal,
      progress: (done) => progress(done / files.length, `${count(done)} of ${count(files.length)} recordings`),
    });
    const { rows, faults, seconds } = sorted(files, found);
    judge(context, faults, files.length);
    await outputs.table('rows', await tableOf(context, rows));
    metric('recordings', rows.length);
    metric('left_out', faults.length);
    metric('seconds', Math.round(seconds * 1000) / 1000);
    await outputs.report('report', reportOf(folder, rows, faults, seconds, params.labels));
  },
});

function sorted(files: readonly SourceFolderFile[], found: readonly KeptAudio[]) {
  const rows: SqlValue[][] = [];
  const faults: Fault[] = [];
  let seconds = 0;
  files.forEach((file, i) => {
    const one = found[i];
    if (one === undefined) return;
    if ('says' in one) return void faults.push({ path: file.path, says: one.says });
    seconds += one.seconds;
    const label = file.path.split('/').at(-2) ?? null;
    rows.push([rows.length, file.path, label, file.sha256, one.seconds, one.sampleRate, one.channels]);
  });
  return { rows, faults, seconds };
}

function judge({ params, warn }: Context, faults: readonly Fault[], all: number): void {
  const [first] = faults;
  if (first === undefined) return;
  const facts = { faulty: faults.length, of: all, files: faults.slice(0, 20).map((f) => f.path) };
  const more = faults.length === 1 ? '' : `; ${count(faults.length - 1)} more of ${count(all)} cannot be used`;
  if (params.faulty === 'refuse' || faults.length === all)
    throw fail('audio.faulty', {
      message: `"${first.path}" ${first.says}${more}.`,
      mend: 'Repair, convert or remove what is named, or set "Faulty files" to leave it out.',
      param: 'faulty',
      facts,
    });
  warn({
    code: 'audio.left-out',
    severity: 'warning',
    message: `"${first.path}" is left out: it ${first.says}${more}.`,
    mend: 'The report names them.',
    param: 'faulty',
    facts,
  });
}

async function tableOf(context: Context, rows: readonly (readonly SqlValue[])[]) {
  const staged = await context.stage(
    [
      { name: '__at', type: 'BIGINT' },
      { name: 'path', type: 'VARCHAR' },
      { name: 'label', type: 'VARCHAR' },
      { name: 'hash', type: 'VARCHAR' },
      { name: 'seconds', type: 'DOUBLE' },
      { name: 'sample_rate', type: 'INTEGER' },
      { name: 'channels', type: 'INTEGER' },
    ],
    rows,
  );
  const label = context.params.labels === 'none' ? raw('') : sql`f.label AS label, `;
  const value = sql`CAST({audio: f.hash, "name": f.path, seconds: f.seconds, sample_rate: f.sample_rate, channels: f.channels} AS ${raw(audioType)})`;
  return sql`SELECT f.path AS path, ${label}${value} AS audio, f.seconds AS seconds, f.sample_rate AS sample_rate, f.channels AS channels FROM ${staged} AS f ORDER BY f.__at`;
}

function reportOf(
  folder: SourceFolder,
  rows: readonly (readonly SqlValue[])[],
  faults: readonly Fault[],
  seconds: number,
  labels: 'folder' | 'none',
): Report {
  const blocks: ReportBlock[] = [
    {
      type: 'metrics',
      items: [
        { name: 'recordings', title: 'Recordings', value: rows.length },
        { name: 'minutes', title: 'Minutes', value: Math.round(seconds / 0.6) / 100 },
        { name: 'left_out', title: 'Left out', value: faults.length },
      ],
    },
  ];
  if (labels === 'folder')
    blocks.push(countTable('Labels', 'Label', recordingsCounted, countBy(rows.map((r) => String(r[2] ?? 'none')))));
  blocks.push(
    countTable(
      'Kinds',
      'Rate and channels',
      recordingsCounted,
      countBy(rows.map((r) => `${String(r[5])} Hz, ${sayChannels(r[6])}`)),
    ),
  );
  append(blocks, leftOutTable(faults.map(({ path, says }) => ({ name: path, says }))));
  return { title: folder.name, chips: [`version ${folder.version.slice(0, 8)}`], blocks };
}

const sayChannels = (channels: SqlValue | undefined): string =>
  Number(channels) === 1 ? 'mono' : Number(channels) === 2 ? 'stereo' : `${Number(channels)} channels`;
const count = (n: number): string => n.toLocaleString('en');
