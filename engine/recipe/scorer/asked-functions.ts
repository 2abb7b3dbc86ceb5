/**
 * A model with batch functions, asked about few rows again and again: the queries up to each function, and the one behind the last, are prepared once, and what
 * the functions say goes in as a parameter. Nothing is made in the database for a question.
 */
import type { SqlValue } from '../../../shared/sql.ts';
import { id } from '../../../shared/sql.ts';
import type { StateTable } from '../../../shared/capabilities.ts';
import type { Database } from '../../table/database.ts';
import type { Matrix64 } from './answer-rows.ts';
import { rowsToken } from '../compose/compose.ts';
import { composeQuery, type Cte, type StepTable } from '../compose/table-value.ts';
import type { ModelStep } from '../model-file.ts';
import type { Predictor } from '../predictor.ts';
import { recipeCtes } from '../recipe-query.ts';

interface AskedStart {
  /** From the rows, which are the first parameter, to the base of the recipe. */
  before: readonly Cte[];
  start: string;
  tableSql: (table: StepTable) => string;
  /** What is read at the recipe's end. */
  select: string;
}

/** @returns undefined: a text in the middle has a letter of zero, which no parameter carries */
export async function prepareFunctions(
  database: Database,
  { model, functions }: Predictor,
  { before, start, tableSql, select }: AskedStart,
): Promise<(rows: string) => Promise<Matrix64 | undefined>> {
  const made: ModelStep[] = model.steps.filter((step) => step.made !== undefined);
  const madeSql = (step: ModelStep): string => tableOf(step, made.indexOf(step) + 2);
  const questions = await Promise.all(
    made.map(async (step) => {
      const behind = { ...model, steps: model.steps.slice(0, model.steps.indexOf(step)) };
      const { ctes, from } = recipeCtes(behind, start, 0, { tableSql, madeSql });
      const query = composeQuery(
        { ctes: [...before, ...ctes], from },
        (rows) => step.made?.of.replaceAll(rowsToken, rows) ?? '',
      );
      return { step, texts: await database.prepareTexts(query) };
    }),
  );
  const { ctes, from } = recipeCtes(model, start, 0, { tableSql, madeSql });
  const last = await database.prepareMatrix(composeQuery({ ctes: [...before, ...ctes], from }, () => select));
  return async (rows) => {
    const given = [rows];
    for (const { step, texts } of questions) {
      const table = await functions.make(step, await texts(given));
      if (table.rows.some(hasZero)) return undefined;
      given.push(asJson(table));
    }
    return last(given);
  };
}

function tableOf({ made }: ModelStep, parameter: number): string {
  const cells = (made?.columns ?? []).map((c, i) => `CAST(__cells[${i + 1}] AS ${c.type}) AS ${id(c.name).render()}`);
  return `(SELECT ${cells.join(', ')} FROM (SELECT unnest(CAST(CAST($${parameter} AS JSON) AS VARCHAR[][])) AS __cells))`;
}

const hasZero = (row: readonly SqlValue[]): boolean => row.some((v) => typeof v === 'string' && v.includes('\0'));
const asJson = ({ rows }: StateTable): string => JSON.stringify(rows.map((row) => row.map(asText)));
const asText = (value: SqlValue): string | null =>
  value === null ? null : Object.is(value, -0) ? '-0.0' : String(value);
