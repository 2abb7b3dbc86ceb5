/** The batch functions of a model's steps: opened with the model, asked where its rows pass. */
import { loadFunction } from '../../methods/functions/load-function.ts';
import { fail } from '../../shared/errors.ts';
import type { SqlValue } from '../../shared/sql.ts';
import type { OpenedFunction } from '../../methods/functions/batch-function.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import type { StateTable } from '../../shared/capabilities.ts';
import type { Database } from '../table/database.ts';
import { encodersAlone } from '../text/open-texts.ts';
import type { PredictServices } from './scorer/asked-features.ts';
import { composeQuery, type Cte, type StepTable } from './compose/table-value.ts';
import { rowsToken, valuesOf } from './compose/compose.ts';
import type { ModelFile, ModelStep } from './model-file.ts';
import { recipeCtes } from './recipe-query.ts';

export interface StepFunctions {
  /** The table that a step reads, of these texts. */
  make: (step: ModelStep, texts: readonly string[]) => Promise<StateTable>;
  close: () => Promise<void>;
}

/** @throws `model.other-function` where this version computes another answer */
export async function openFunctions(
  { steps }: Pick<ModelFile, 'steps'>,
  { texts = encodersAlone, threads, ...watch }: Pick<PredictServices, 'texts' | 'threads' | 'signal'>,
): Promise<StepFunctions> {
  const opened = new Map<ModelStep, OpenedFunction>();
  for (const step of steps) {
    const { made, title } = step;
    if (made === undefined) continue;
    const { version, open } = await loadFunction(made.function);
    if (version !== made.version)
      throw fail('model.other-function', {
        message: `The model was trained behind "${title}" as version ${made.version} of "${made.function}" computes it; here is version ${version}, which may answer otherwise.`,
        mend: 'Train the model again, or open it with the version that trained it.',
      });
    opened.set(step, open(made.settings, { texts, files: folderOf(title, made.files ?? []), threads }));
  }
  return {
    make: async (step, asked) => {
      const answers = await opened.get(step)?.compute(asked, watch);
      const { made } = step;
      if (answers === undefined || made === undefined) throw new Error('the step has no function');
      const width = made.columns.length - 1;
      const rows = asked.map((text, i): SqlValue[] => [text, ...(answers[i] ?? []).slice(0, width)]);
      return { columns: made.columns, rows };
    },
    close: async () => {
      for (const one of opened.values()) await one.close();
    },
  };
}

const folderOf = (
  name: string,
  files: readonly { path: string; file: string; sha256: string; bytes: number }[],
): SourceFolder => ({
  name,
  files: files.map(({ file, ...one }) => ({ ...one, place: file })),
  others: { count: 0, names: [] },
  version: '',
  before: null,
});

export interface MadeTables {
  /** How a SELECT names the table of a step. */
  madeSql: (step: ModelStep) => string;
  drop: () => Promise<void>;
}

/** Rows that stand behind so many steps of the recipe, and how they came there. */
export interface RecipeStart {
  before: readonly Cte[];
  start: string;
  from: number;
  everyRow?: boolean;
  tableSql?: (table: StepTable) => string;
}

/** Asks the functions of the steps that are left, one after the other: each reads the texts of the rows before its step. */
export async function makeTables(
  database: Database,
  model: ModelFile,
  functions: StepFunctions,
  { before, start, from, ...options }: RecipeStart,
): Promise<MadeTables> {
  const names = new Map<ModelStep, string>();
  const madeSql = (step: ModelStep): string => names.get(step) ?? '';
  const drop = async (): Promise<void> => {
    for (const name of names.values()) await database.run(`DROP TABLE ${name}`);
  };
  try {
    for (const [place, step] of model.steps.entries()) {
      const { made } = step;
      if (place < from || made === undefined) continue;
      const behind = { ...model, steps: model.steps.slice(0, place) };
      const { ctes, from: last } = recipeCtes(behind, start, from, { ...options, madeSql });
      const query = composeQuery({ ctes: [...before, ...ctes], from: last }, (rows) =>
        made.of.replaceAll(rowsToken, rows),
      );
      const texts = (await database.query(query)).map((row) => String(row['text']));
      names.set(step, await stageTable(database, await functions.make(step, texts)));
    }
  } catch (thrown) {
    await drop();
    throw thrown;
  }
  return { madeSql, drop };
}

let staged = 0;
/** A query of no more letters than this holds rows to insert. */
const lettersAtOnce = 2 ** 22;

async function stageTable(database: Database, table: StateTable): Promise<string> {
  const name = `flowyard_made_${++staged}`;
  const list = table.columns.map((c) => `"${c.name}" ${c.type}`).join(', ');
  await database.run(`CREATE TEMP TABLE ${name} (${list})`);
  const insert = (rows: StateTable['rows']): Promise<unknown> =>
    database.run(`INSERT INTO ${name} SELECT * FROM ${valuesOf({ ...table, rows })}`);
  // Many rows go as JSON, which has no letter of zero.
  const hasZero = (row: readonly SqlValue[]): boolean => row.some((v) => typeof v === 'string' && v.includes('\0'));
  const parts: (readonly SqlValue[])[][] = [[], []];
  let letters = 0;
  const flush = async (): Promise<void> => {
    for (const part of parts) if (part.length > 0) await insert(part);
    for (const part of parts) part.length = 0;
    letters = 0;
  };
  for (const row of table.rows) {
    parts[hasZero(row) ? 1 : 0]?.push(row);
    for (const value of row) letters += typeof value === 'string' ? value.length + 8 : 24;
    if (letters > lettersAtOnce) await flush();
  }
  await flush();
  return name;
}
