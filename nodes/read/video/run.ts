import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { judgeFailedRows, type FailedRow } from '../../../shared/run/failed-rows.ts';
import { imageType } from '../../../shared/media/image.ts';
import { raw, sql, type SqlValue } from '../../../shared/sql.ts';
import { spec, videoEndings } from './spec.ts';

export default task(spec, {
  sources: ({ folder }) => [{ from: 'folder', param: 'folder', path: folder, endings: videoEndings }],

  run: async (context) => {
    const { params, signal, progress, warn, metric, outputs } = context;
    const { files, name } = await context.folder('folder');
    if (files.length === 0)
      throw fail('video.none', {
        message: `There is no video in "${name}".`,
        mend: `Choose a folder with files that end in ${videoEndings.join(', ')}.`,
        param: 'folder',
      });
    const rows: SqlValue[][] = [];
    const leftOut: FailedRow[] = [];
    for (const [i, file] of files.entries()) {
      progress(i / files.length, `${i} of ${files.length} videos`);
      const frames = await context.images.keepFrames(file, params, signal);
      if ('says' in frames) {
        if (params.faulty === 'refuse')
          throw fail('video.faulty', {
            message: `"${file.path}" ${frames.says}.`,
            mend: 'Repair, convert or remove it, or set "Faulty files" to leave it out.',
            param: 'faulty',
            facts: { file: file.path },
          });
        leftOut.push({ problem: { code: 'video.faulty', message: `"${file.path}" ${frames.says}` }, rows: 1 });
        continue;
      }
      const label = file.path.split('/').at(-2) ?? null;
      for (const frame of frames)
        rows.push([
          rows.length,
          file.path,
          label,
          frame.seconds,
          frame.sha256,
          frame.width,
          frame.height,
          frame.channels,
        ]);
    }
    // Without any video there is nothing to go on with, whatever is left out.
    const warning = judgeFailedRows(
      {
        failed: leftOut,
        rows: files.length,
        noun: { one: 'video', many: 'videos' },
        after: 'They are left out: repair or convert them.',
      },
      1,
    );
    if (warning !== undefined) warn(warning);
    const staged = await context.stage(
      [
        { name: '__at', type: 'BIGINT' },
        { name: 'path', type: 'VARCHAR' },
        { name: 'label', type: 'VARCHAR' },
        { name: 'seconds', type: 'DOUBLE' },
        { name: 'hash', type: 'VARCHAR' },
        { name: 'width', type: 'INTEGER' },
        { name: 'height', type: 'INTEGER' },
        { name: 'channels', type: 'INTEGER' },
      ],
      rows,
    );
    const label = params.labels === 'none' ? raw('') : sql`f.label AS label, `;
    const value = sql`CAST({image: f.hash, "name": f.path || ' at ' || f.seconds || ' s', width: f.width, height: f.height, channels: f.channels, steps: ''} AS ${raw(imageType)})`;
    await outputs.table(
      'rows',
      sql`SELECT f.path AS path, ${label}f.seconds AS seconds, ${value} AS image, f.width AS width, f.height AS height FROM ${staged} AS f ORDER BY f.__at`,
    );
    metric('videos', files.length);
    metric('pictures', rows.length);
  },
});
