import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { imageType } from '../../../shared/media/image.ts';
import type { KeptImage } from '../../../shared/media/image-service.ts';
import type { SourceFolder, SourceFolderFile } from '../../../shared/source/source-folder.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { id, join, raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { doubts, faultOf, judgeFaults, type FaultyFile, type ReadImage } from './judge-images.ts';
import { fileFinder } from './match-list.ts';
import { imagesReport } from './report.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { bundled, columnsOf, imageEndings, spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;
/** A row to come: its file, its label, and its place in the list. */
interface Wanted {
  file: SourceFolderFile;
  label: string | null;
  at: number;
  /** As the list names it. */
  named: string;
}

export default task(spec, {
  sources: ({ from, folder }) => [
    from === 'folder'
      ? { from, param: 'folder', path: folder, endings: imageEndings }
      : { from: 'folder', param: 'folder', path: bundled[from].file, endings: imageEndings, bundled: true },
  ],

  run: async (context) => {
    const { params, outputs, warn, metric } = context;
    const folder = await context.folder('folder');
    if (folder.files.length === 0) throw noImages(folder);
    const faults: FaultyFile[] = [];
    const wanted = context.has('list')
      ? await rowsOfList(context, folder, faults)
      : folder.files.map((file, at): Wanted => ({
          file,
          label: labelOf(file.path, params.labels),
          at,
          named: file.path,
        }));
    const found = await keepAll(context, wanted);
    const images: ReadImage[] = [];
    const rows: SqlValue[][] = [];
    let bytes = 0;
    wanted.forEach(({ file, label, at, named }, i) => {
      const one = found[i];
      if (one === undefined) return;
      const says = faultOf(one, params.channels);
      if (says !== undefined || 'fault' in one) return void faults.push({ name: file.path, says: says ?? '' });
      const { width, height, channels } = one;
      images.push({ path: file.path, sha256: file.sha256, label, width, height, channels });
      rows.push([at, named, file.path, label, file.sha256, width, height, channels, file.bytes]);
      bytes += file.bytes;
    });
    const leftOut = judgeFaults(faults, folder.files.length, params.faulty);
    if (leftOut !== undefined) warn(leftOut);
    if (images.length === 0)
      throw fail('images.none-left', {
        message: `None of the ${folder.files.length.toLocaleString('en')} files of "${folder.name}" can be used.`,
        mend: 'The warning names what is wrong with the first.',
        param: 'folder',
      });
    const hasLabels = !context.has('list') && params.labels !== 'none';
    for (const doubt of doubts(images, hasLabels)) warn(doubt);
    await outputs.table('rows', await tableOf(context, rows));
    metric('images', images.length);
    metric('left_out', faults.length);
    await outputs.report('report', imagesReport(folder, images, faults, bytes));
  },
});

/** Each file once, however often a list names it. */
async function keepAll(context: Context, wanted: readonly Wanted[]): Promise<(KeptImage | undefined)[]> {
  const files = [...new Map(wanted.map(({ file }) => [file.path, file])).values()];
  const { signal, progress } = context;
  const kept = await context.images.keep(files, {
    signal,
    progress: (done) =>
      progress(done / files.length, `${done.toLocaleString('en')} of ${files.length.toLocaleString('en')} images`),
  });
  const byPath = new Map(files.map((file, i) => [file.path, kept[i]]));
  return wanted.map(({ file }) => byPath.get(file.path));
}

async function rowsOfList(context: Context, folder: SourceFolder, faults: FaultyFile[]): Promise<Wanted[]> {
  const list = context.table('list');
  const { fileColumn } = context.params;
  const named = await list.query(
    sql`SELECT row_number() OVER () - 1 AS at, CAST(${id(fileColumn)} AS VARCHAR) AS "name" FROM ${list.ref}`,
  );
  const find = fileFinder(folder.files);
  return named.flatMap(({ at, name }): Wanted[] => {
    const row = Number(at) + 1;
    if (typeof name !== 'string') {
      faults.push({ name: `row ${row} of the list`, says: `has no file name in "${fileColumn}"` });
      return [];
    }
    const file = find(name);
    if (file !== undefined) return [{ file, label: null, at: Number(at), named: name }];
    faults.push({ name, says: `(row ${row} of the list) is not in "${folder.name}"` });
    return [];
  });
}

/** The facts as staged rows, beside the list's own columns where there is one. */
async function tableOf(context: Context, rows: readonly (readonly SqlValue[])[]) {
  const staged = await context.stage(
    [
      { name: '__at', type: 'BIGINT' },
      { name: '__named', type: 'VARCHAR' },
      { name: 'path', type: 'VARCHAR' },
      { name: 'label', type: 'VARCHAR' },
      { name: 'hash', type: 'VARCHAR' },
      { name: 'width', type: 'INTEGER' },
      { name: 'height', type: 'INTEGER' },
      { name: 'channels', type: 'INTEGER' },
      { name: 'bytes', type: 'BIGINT' },
    ],
    rows,
  );
  const value = sql`CAST({image: f.hash, "name": f.path, width: f.width, height: f.height, channels: f.channels, steps: ''} AS ${raw(imageType)})`;
  const facts = [value, sql`f.width`, sql`f.height`, sql`f.channels`, sql`f.bytes`];
  const columns = columnsOf(context.params.labels, context.has('list') ? context.table('list').columns : undefined);
  const names = columns.slice(-facts.length).map((c) => id(c.name));
  const given = join(facts.map((fact, i) => sql`${fact} AS ${names[i] ?? id('image')}`));
  if (!context.has('list')) {
    const label = context.params.labels === 'none' ? raw('') : sql`f.label AS label, `;
    return sql`SELECT f.path AS path, ${label}${given} FROM ${staged} AS f ORDER BY f.__at`;
  }
  const list = context.table('list');
  const marks = list.schema.split ? hiddenColumns : [];
  const own = join([...marks, ...list.columns.map((c) => c.name)].map((name) => sql`l.${id(name)}`));
  return sql`SELECT ${own}, ${given} FROM (SELECT *, row_number() OVER () - 1 AS __at FROM ${list.ref}) AS l JOIN (SELECT DISTINCT ON (__named) * FROM ${staged}) AS f ON CAST(l.${id(context.params.fileColumn)} AS VARCHAR) = f.__named ORDER BY l.__at`;
}

function labelOf(path: string, labels: ParamsOf<typeof spec>['labels']): string | null {
  const folders = path.split('/').slice(0, -1);
  if (labels === 'none') return null;
  return (labels === 'folder' ? folders.at(-1) : folders[0]) ?? null;
}

function noImages(folder: SourceFolder) {
  const { count, names } = folder.others;
  return fail('images.none', {
    message:
      count === 0
        ? `There is no file in "${folder.name}".`
        : `There is no image in "${folder.name}", only ${names.join(', ')}${count > names.length ? ` and ${count - names.length} more` : ''}.`,
    mend: `Choose a folder with files that end in ${imageEndings.join(', ')}.`,
    param: 'folder',
  });
}
