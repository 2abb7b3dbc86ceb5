/** `flowyard predict MODEL --input FILE`: a file's rows with their predictions, by the same SQL as in a run. */
import { mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { limitsOf, plannedOf } from '../../engine/compute/machine-memory.ts';
import { refuseNoFile } from '../../engine/files/given-file.ts';
import { openAskedImages, type AskedImages } from '../../engine/recipe/scorer/asked-images.ts';
import { filesOfSteps, type ModelFile } from '../../engine/recipe/model-file.ts';
import { openModel } from '../../engine/recipe/open-model.ts';
import { openPredictor, type Predictor } from '../../engine/recipe/predictor.ts';
import { predictionsQuery } from '../../engine/recipe/predicted-rows.ts';
import type { TableValue } from '../../engine/recipe/compose/table-value.ts';
import { openWrittenPlace } from '../../engine/files/written-place.ts';
import { Database } from '../../engine/table/database.ts';
import { fail } from '../../shared/errors.ts';
import { finiteColumns, sayNotFinite } from '../../shared/json/json-cells.ts';
import { countGuarded, guardColumns, sayGuarded } from '../../shared/table/spreadsheet-cells.ts';
import { id, join as joinSql, literal, type Sql } from '../../shared/sql.ts';
import { isClosedPipe } from '../closed-pipe.ts';
import { findModel } from '../find-model.ts';
import { printJson, printLines } from '../print-table.ts';
import { imageColumnOfModel, isImageInput, readImageFolder, takeNamedImages } from '../input/read-image-input.ts';
import { complain } from '../say.ts';
import { decodedInput } from '../input/decoded-input.ts';
import { readInput } from '../input/read-input.ts';
import { ownLimitOptions, readLimits } from '../input/read-limits.ts';
import { commonOptions, UsageError, type Command } from './command.ts';

const formats: Readonly<Record<string, string>> = {
  '.csv': 'FORMAT csv, HEADER true',
  '.tsv': "FORMAT csv, HEADER true, DELIMITER '\t'",
  '.jsonl': 'FORMAT json',
  '.ndjson': 'FORMAT json',
  '.json': 'FORMAT json, ARRAY true',
  '.parquet': 'FORMAT parquet, COMPRESSION zstd',
};

export const predict: Command = {
  name: 'predict',
  usage: 'predict MODEL --input FILE',
  about: 'Adds predictions to the rows of a file. MODEL is a name, name@version, or a result’s key.',
  options: {
    input: {
      type: 'string',
      value: 'FILE',
      about:
        'CSV, TSV, JSON lines or Parquet; the file that it was trained on works as it is. For a model of images also a folder, a ZIP archive or one image.',
    },
    output: {
      type: 'string',
      value: 'FILE',
      about:
        'Where to write: .csv, .tsv, .jsonl, .json or .parquet. Default: CSV to standard output, with --json one object a row.',
    },
    'as-is': {
      type: 'boolean',
      about:
        'For --output FILE.csv or .tsv: texts that a spreadsheet would take for formulas are written as they are. Without it they get an apostrophe before them, which is told. Standard output is never changed.',
    },
    prepared: {
      type: 'boolean',
      about:
        'For a model that begins behind a step that it cannot repeat itself (it is named when it is asked): the rows of the file are as they come out of that step.',
    },
    ...ownLimitOptions,
    ...commonOptions,
  },
  run: async (input) => {
    const [name] = input.positionals;
    const given = input.text('input');
    if (name === undefined || given === undefined)
      throw new UsageError(name === undefined ? 'Which model?' : 'Which rows? Name a file with --input.');
    const output = input.text('output');
    const ending = output === undefined ? (input.flag('json') ? '.jsonl' : '.csv') : extname(output).toLowerCase();
    const format = formats[ending];
    if (format === undefined)
      throw new UsageError(`--output ends in ${Object.keys(formats).join(', ')}, not "${ending}".`);
    const path = await realPlace(given);
    const found = await findModel(resolve(input.text('workspace') ?? '.'), name);
    const file =
      Object.values(found.artifact.manifest.ports).find((port) => port.wire === 'model')?.files[0] ?? 'model.json';
    const opened = await openModel(found.artifact.folder, file);
    await refuseUnread(path, given, imageColumnOfModel(opened.model) !== undefined);
    const images = openAskedImages();
    const predictor = await openPredictor(opened, { images, threads: availableParallelism() });
    const folder = join(resolve(input.text('workspace') ?? '.'), '.flowyard', 'tmp');
    await mkdir(output === undefined ? folder : dirname(resolve(output)), { recursive: true });
    // Beside the place where it will stand, so that it is moved there at once, or not at all.
    await using place =
      output === undefined
        ? undefined
        : await openWrittenPlace(dirname(resolve(output)), basename(output), { permission: 'own-command' });
    const half = place?.beside(ending) ?? join(folder, `.predict-${randomBytes(6).toString('hex')}${ending}`);
    try {
      const memoryBytes = plannedOf(limitsOf('command', readLimits(input).memoryBytes).limitBytes);
      const isForPeople = output !== undefined && /^\.[ct]sv$/.test(ending) && !input.flag('as-is');
      const options = { isPrepared: input.flag('prepared'), memoryBytes, isForPeople };
      const { rows, guarded, lost } = await writePredictions(predictor, images, path, half, format, options);
      const changed = guarded ?? lost;
      if (output === undefined) {
        await sendAway(half);
        if (changed !== undefined) complain(changed);
      } else {
        await place?.take(half, true);
        if (input.flag('json'))
          printJson({
            type: 'predicted',
            model: found.name,
            version: found.version,
            rows,
            output: resolve(output),
            ...(changed === undefined ? {} : { changed }),
          });
        else
          printLines([
            `${rows.toLocaleString('en')} rows predicted by ${found.name}${found.version === 0 ? '' : `@${found.version}`}: ${output}`,
            ...(guarded === undefined ? [] : [`${guarded} --as-is writes them as they are.`]),
            ...(lost === undefined ? [] : [lost]),
          ]);
      }
      return 0;
    } finally {
      await rm(half, { force: true });
    }
  },
};

/** To standard output. The file has no name any more while it is read: whoever stops reading (`| head`) leaves nothing behind. */
async function sendAway(path: string): Promise<void> {
  const handle = await open(path);
  await rm(path).catch(() => undefined);
  await pipeline(handle.createReadStream(), process.stdout, { end: false }).catch((thrown: unknown) => {
    if (!isClosedPipe(thrown)) throw thrown;
  });
}

/** The whole command, but for where its words go. */
export async function writePredictions(
  predictor: Predictor,
  images: AskedImages,
  path: string,
  target: string,
  format: string,
  { isPrepared, memoryBytes, isForPeople }: { isPrepared: boolean; memoryBytes: number; isForPeople: boolean },
): Promise<{ rows: number; guarded: string | undefined; lost: string | undefined }> {
  const column = imageColumnOfModel(predictor.model);
  const isFolder = column !== undefined && (await isImageInput(path));
  await using input = isFolder ? undefined : await decodedInput(predictor.model, path, dirname(target));
  const file = input?.path ?? path;
  await using database = await Database.open({
    threads: availableParallelism(),
    memoryBytes,
    tempFolder: null,
    allowed: [file, target, ...filesOfSteps(predictor.model)],
  });
  const rows =
    column !== undefined && isFolder
      ? await readImageFolder(database, predictor.model, column, path, images)
      : await readInput(database, predictor.model, file, (select) =>
          column === undefined ? Promise.resolve(select) : takeNamedImages(database, select, column, path, images),
        );
  if (!isPrepared) refuseUnprepared(predictor.model, rows);
  const { select } = await predictionsQuery(database, predictor, rows, 'predict');
  // A picture is no text for a file of rows: its name stands for it.
  const plain =
    column === undefined
      ? select
      : `SELECT * REPLACE (${id(column.name).render()}."name" AS ${id(column.name).render()}) FROM (${select})`;
  const described = await database.describe(plain);
  const ask = (list: Sql) => database.query(`SELECT ${list.render()} FROM (${plain})`);
  const safe = isForPeople ? guardColumns(described) : undefined;
  const finite = format.startsWith('FORMAT json') ? finiteColumns(described) : undefined;
  const guarded = safe === undefined ? undefined : sayGuarded(await countGuarded(safe, ask));
  const lost = finite === undefined ? undefined : await sayNotFinite(finite, ask);
  const columns = (safe ?? finite)?.map((c) => c.select);
  const written = columns === undefined ? plain : `SELECT ${joinSql(columns).render()} FROM (${plain})`;
  const copied = await database.query(`COPY (${written}) TO ${literal(target)} (${format})`);
  return { rows: Number(Object.values(copied[0] ?? {})[0] ?? 0), guarded, lost };
}

/** A file that has all columns may still be the one that was read before: it cannot say whether it went through what the model lacks. */
function refuseUnprepared({ base, needed }: ModelFile, { columns }: TableValue): void {
  const { made } = base;
  if (made === undefined || !needed.every((name) => columns.some((c) => c.name === name))) return;
  throw fail('predict.not-prepared', {
    message: `The model begins behind "${made.title}", which it cannot repeat for a row alone: it takes rows as they come out of that, not as they were read.`,
    mend: `Give a file of such rows and say --prepared, or let the pipeline predict: there the rows pass "${made.title}" first.`,
    facts: { expects: made.title },
  });
}

async function realPlace(given: string): Promise<string> {
  const missing = (cause?: unknown) =>
    fail('file.missing', { message: `The file "${given}" is not there.`, mend: 'Check the path.' }, { cause });
  const path = await realpath(resolve(given)).catch((cause: unknown) => {
    throw missing(cause);
  });
  return path;
}

/** A folder is read of images alone; what is neither file nor folder would be waited for, or has no end. */
async function refuseUnread(path: string, name: string, takesFolder: boolean): Promise<void> {
  const facts = await stat(path);
  if (!takesFolder || !facts.isDirectory()) refuseNoFile(facts, { name });
}
