/** One model, asked in every way there is: at each place of its pipeline, about the file as the command and a service read it, and as ONNX. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { writePredictions } from '../../cli/commands/predict.ts';
import { openServedScorer } from '../../cli/served-scorer.ts';
import { openAskedImages } from '../../engine/recipe/scorer/asked-images.ts';
import type { ModelFile } from '../../engine/recipe/model-file.ts';
import { openModel } from '../../engine/recipe/open-model.ts';
import { openPredictor } from '../../engine/recipe/predictor.ts';
import { columnsAt } from '../../engine/recipe/recipe-query.ts';
import { startModelServer } from '../../engine/serve/model-server.ts';
import type { Prediction } from '../../engine/recipe/scorer/scorer.ts';
import { Database } from '../../engine/table/database.ts';
import type { Row } from '../../shared/capabilities.ts';
import { toProblem } from '../../shared/errors.ts';
import { literal, type SqlValue } from '../../shared/sql.ts';
import type { RandomPipeline } from './random-pipelines.ts';
import type { FinishedRun, Workshop } from './workshop.ts';

/** What did not agree, in words; nothing: all is well. */
export interface Agreement {
  wrong: string[];
  /** Why what was not answered was refused: codes, with how often. */
  refused: string[];
  /** The pipeline itself could not be run: why. */
  unmade?: string;
}
type Answers = ReadonlyMap<string, string>;

export async function findDisagreements(workshop: Workshop, pipeline: RandomPipeline): Promise<Agreement> {
  for (const [name, text] of Object.entries(pipeline.files)) await workshop.write(name, text);
  const onnxFile = `model-${pipeline.seed}.onnx`;
  // Behind which of these a model may begin.
  const ends = pipeline.places.filter((at) => /^(combine|language)\./.test(pipeline.nodes[at]?.kind ?? ''));
  const tables = Object.fromEntries(
    ends.map((at) => [`save-${at}`, { kind: 'write.table', params: { file: `${at}.parquet`, overwrite: true } }]),
  );
  const run = await workshop.run(
    {
      ...pipeline.nodes,
      ...Object.fromEntries(pipeline.places.map((at) => [`at-${at}`, { kind: 'predict.rows' }])),
      ...tables,
      export: { kind: 'write.onnx', params: { file: onnxFile, overwrite: true } },
    },
    [
      ...pipeline.wires,
      ...pipeline.places.flatMap((at) => [`${at}.rows -> at-${at}.rows`, `train.model -> at-${at}.model`]),
      ...ends.map((at) => `${at}.rows -> save-${at}.rows`),
      'train.model -> export.model',
    ],
  );
  const own = run.problems.find(({ node = '' }) => !node.startsWith('at-') && node !== 'export');
  if (own !== undefined) return { wrong: [], refused: [], unmade: `${own.code} at ${own.node ?? '?'}: ${own.message}` };
  const found: Agreement = { wrong: [], refused: [] };
  await using database = await Database.open({
    threads: 1,
    memoryBytes: 2 ** 28,
    tempFolder: null,
    allowed: [workshop.folder],
  });
  const read = (path: string): Promise<Row[]> => database.query(`SELECT * FROM read_parquet(${literal(path)})`);
  const rowsOf = (node: string): Promise<Row[]> => read(run.artifact(node).file('rows.parquet'));
  const { model } = await openModel(run.artifact('train').folder);
  // Each place behind the base is a step of the recipe.
  const begins = pipeline.places.length - 1 - model.steps.length;
  const base = pipeline.places[begins] ?? 'read';
  if (begins > 0 !== (model.base.made !== undefined)) found.wrong.push('the model does not say where it begins');
  const answers = await comparePlaces(run, pipeline, begins, rowsOf, found);
  const wanted = answers.get(base);
  if (wanted === undefined) return found;
  const file = begins === 0 ? 'rows.csv' : `${base}.parquet`;
  await compareCommand(workshop, run, { file, isPrepared: begins > 0, read }, wanted, found);
  await compareService(workshop, run, pipeline, { prepared: begins === 0 ? undefined : file, read }, wanted, found);
  // The file begins behind the last step that a batch function computes.
  const carried = model.steps.findLastIndex((step) => step.made !== undefined && step.place === undefined) + 1;
  const behind = pipeline.places[begins + carried] ?? base;
  await compareOnnx(
    run,
    model,
    { path: join(workshop.folder, onnxFile), carried, rows: () => rowsOf(`at-${behind}`) },
    found,
  );
  return found;
}

const answerOf = (row: Row): string =>
  JSON.stringify(
    Object.entries(row)
      .filter(([name]) => name === 'prediction' || name.startsWith('probability_'))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
const byId = (rows: readonly Row[]): Answers => new Map(rows.map((row) => [String(row['id']), answerOf(row)]));

/** Each place from the base on gives what the last gives; each before it is refused by the name of what the model cannot repeat. */
async function comparePlaces(
  run: FinishedRun,
  { places }: RandomPipeline,
  begins: number,
  rowsOf: (node: string) => Promise<readonly Row[]>,
  found: Agreement,
): Promise<Map<string, Answers>> {
  const answers = new Map<string, Answers>();
  for (const [i, at] of places.entries()) {
    const problem = run.problems.find(({ node }) => node === `at-${at}`);
    if (problem !== undefined) {
      found.refused.push(problem.code);
      if (i >= begins || problem.code !== 'model.other-recipe')
        found.wrong.push(`Predict at ${at} is refused: ${problem.message}`);
      continue;
    }
    if (i < begins) found.wrong.push(`Predict at ${at} answers, though the model begins at ${places[begins] ?? ''}`);
    answers.set(at, byId(await rowsOf(`at-${at}`)));
  }
  const last = answers.get(places.at(-1) ?? '') ?? new Map<string, string>();
  for (const [at, given] of answers) sayOther(`Predict at ${at}`, given, last, found);
  for (const { node = '', code, message } of run.warnings)
    if (code === 'model.other-branch') found.wrong.push(`${node} warns of its own chain: ${message}`);
  return answers;
}

function sayOther(who: string, given: Answers, wanted: Answers, found: Agreement): void {
  const common = [...wanted.keys()].filter((id) => given.has(id));
  if (common.length === 0) found.wrong.push(`${who} has no row in common`);
  const other = common.filter((id) => given.get(id) !== wanted.get(id));
  const [first] = other;
  if (first !== undefined)
    found.wrong.push(
      `${who} differs in ${other.length} of ${common.length} rows, row ${first}: ${given.get(first) ?? ''} instead of ${wanted.get(first) ?? ''}`,
    );
}

async function compareCommand(
  workshop: Workshop,
  run: FinishedRun,
  { file, isPrepared, read }: { file: string; isPrepared: boolean; read: (path: string) => Promise<readonly Row[]> },
  wanted: Answers,
  found: Agreement,
): Promise<void> {
  const opened = await openModel(run.artifact('train').folder);
  const images = openAskedImages();
  const target = join(workshop.folder, 'predicted.parquet');
  const ask = async (name: string, prepared: boolean): Promise<Answers> => {
    const predictor = await openPredictor(opened, { images, threads: 1 });
    try {
      await writePredictions(predictor, images, join(workshop.folder, name), target, 'FORMAT parquet', {
        isPrepared: prepared,
        memoryBytes: 2 ** 30,
        isForPeople: false,
      });
      return byId(await read(target));
    } finally {
      await predictor.close();
      await rm(target, { force: true });
    }
  };
  try {
    const given = await ask(file, isPrepared);
    if (given.size !== wanted.size) found.wrong.push(`predict answers ${given.size} rows of ${wanted.size}`);
    sayOther('predict', given, wanted, found);
  } catch (thrown) {
    found.wrong.push(`predict refuses ${file}: ${toProblem(thrown).message}`);
  }
  if (!isPrepared) return;
  try {
    await ask('rows.csv', false);
    found.wrong.push('predict answers raw rows, which the model cannot bring to its base');
  } catch (thrown) {
    const { code, message } = toProblem(thrown);
    found.refused.push(code);
    if (!['predict.not-prepared', 'model.column-missing', 'predict.bad-value'].includes(code))
      found.wrong.push(`predict of raw rows: ${message}`);
  }
}

/** `prepared`: the file of rows that the model takes, where they are not those of the reader */
async function compareService(
  workshop: Workshop,
  run: FinishedRun,
  { cells }: RandomPipeline,
  { prepared, read }: { prepared: string | undefined; read: (path: string) => Promise<readonly Row[]> },
  wanted: Answers,
  found: Agreement,
): Promise<void> {
  const scorer = await openServedScorer(run.artifact('train').folder);
  const server = await startModelServer({
    scorer,
    model: 'asked',
    version: 1,
    key: 'asked',
    port: 0,
    token: null,
    keepBytes: 0,
  });
  const ask = async (
    who: string,
    type: string,
    body: string | Buffer<ArrayBuffer>,
    ids: readonly string[],
  ): Promise<void> => {
    const response = await fetch(`${server.url}/predict`, { method: 'POST', headers: { 'content-type': type }, body });
    const answer: { predictions?: Prediction[]; error?: { message: string } } = JSON.parse(await response.text());
    if (answer.predictions === undefined) {
      found.wrong.push(`${who} refuses: ${answer.error?.message ?? ''}`);
      return;
    }
    const rows = answer.predictions.map(({ prediction, probabilities }, i): Row => ({
      id: ids[i] ?? null,
      prediction,
      ...Object.fromEntries(
        scorer.classes.map((label) => [`probability_${String(label)}`, probabilities?.[String(label)] ?? null]),
      ),
    }));
    sayOther(who, byId(rows), wanted, found);
  };
  try {
    if (prepared === undefined) {
      const ids = cells.map((row) => row['id'] ?? '');
      await ask('the service, of CSV,', 'text/csv', await readFile(join(workshop.folder, 'rows.csv')), ids);
      await ask('the service, of JSON,', 'application/json', JSON.stringify({ rows: cells }), ids);
    } else {
      const path = join(workshop.folder, prepared);
      const rows = await read(path);
      await ask(
        'the service, of Parquet,',
        'application/vnd.apache.parquet',
        await readFile(path),
        rows.map((row) => String(row['id'])),
      );
    }
  } finally {
    await server.close();
  }
}

async function compareOnnx(
  run: FinishedRun,
  model: ModelFile,
  { path, carried, rows: rowsThere }: { path: string; carried: number; rows: () => Promise<readonly Row[]> },
  found: Agreement,
): Promise<void> {
  const problem = run.problems.find(({ node }) => node === 'export');
  if (problem !== undefined) {
    found.refused.push(problem.code);
    if (!problem.code.startsWith('onnx.')) found.wrong.push(`ONNX: ${problem.message}`);
    return;
  }
  const rows = await rowsThere();
  const session = await ort.InferenceSession.create(await readFile(path), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const columnsThere = columnsAt(model, carried);
    const typeOf = (name: string): string => columnsThere.find((c) => c.name === name)?.type ?? '';
    const out = await session.run(
      Object.fromEntries(
        session.inputNames.map((name) => [
          name,
          feed(
            typeOf(name),
            rows.map((row) => row[name] ?? null),
          ),
        ]),
      ),
    );
    const columns =
      model.task === 'regression' ? ['prediction'] : model.classes.map((label) => `probability_${String(label)}`);
    const given = [...(out[model.task === 'regression' ? 'prediction' : 'probabilities']?.data ?? [])].map(Number);
    const expected = rows.flatMap((row) => columns.map((name) => Number(row[name])));
    const furthest = Math.max(
      ...expected.map((value, i) => Math.abs(value - (given[i] ?? Number.NaN)) / Math.max(1, Math.abs(value))),
    );
    if (!(furthest <= 1e-6)) found.wrong.push(`ONNX is off by ${furthest}`);
  } finally {
    await session.release();
    await rm(path, { force: true });
  }
}

/** Numbers in double, missing NaN; dates in days; missing text empty. */
function feed(type: string, cells: readonly SqlValue[]): ort.Tensor {
  if (type === 'VARCHAR')
    return new ort.Tensor(
      'string',
      cells.map((cell) => (cell === null ? '' : String(cell))),
      [cells.length, 1],
    );
  const numbers = cells.map((cell) =>
    cell === null ? Number.NaN : type === 'DATE' ? Date.parse(String(cell)) / 86_400_000 : Number(cell),
  );
  return new ort.Tensor('float64', Float64Array.from(numbers), [cells.length, 1]);
}
