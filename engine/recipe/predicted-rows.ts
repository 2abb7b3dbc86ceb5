/** Rows with the model's answers beside them: Predict in a run, and `flowyard predict`. */
import { countFigures } from '../../methods/tasks/count-figures.ts';
import type { AnswerColumn } from '../../methods/tasks/model-task.ts';
import { id, literal } from '../../shared/sql.ts';
import { rowColumn } from '../../shared/wires.ts';
import { composeQuery, type TableValue } from './compose/table-value.ts';
import type { Database } from '../table/database.ts';
import type { Answers } from './scorer/answer-rows.ts';
import type { ModelFile } from './model-file.ts';
import type { Predictor } from './predictor.ts';
import { labelList, predictionColumns, predictionNote } from './recipe-query.ts';
import { placeRows, untaught } from './place-rows.ts';
import { answersOf, beforeTaught, withRecipeRows } from './score.ts';

/** The rows with their predictions as a SELECT over temporary tables; `drop` removes them. */
export async function predictionsQuery(
  database: Database,
  predictor: Predictor,
  rows: TableValue,
  unique: string,
): Promise<{ select: string; drop: () => Promise<void> }> {
  const { model, task } = predictor;
  const given = `given_${unique}`;
  const answers = `answers_${unique}`;
  const order = rows.hidden.includes(rowColumn) ? `ORDER BY ${rowColumn}` : '';
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${given} AS ${composeQuery(rows, (from) => `SELECT row_number() OVER (${order}) - 1 AS __i, * FROM ${from}`)}`,
  );
  const plain: TableValue = {
    ...rows,
    ctes: [
      {
        name: 'given_rows',
        sql: `SELECT * EXCLUDE (__i${rows.hidden.map((h) => `, ${h}`).join('')}), __i AS ${rowColumn} FROM ${given}`,
      },
    ],
    from: 'given_rows',
    hidden: [rowColumn],
  };
  const before = untaught(rows, placeRows(model, rows), model);
  const asked =
    before === undefined
      ? plain
      : beforeTaught(before, { ctes: [] }, `SELECT ${rowColumn} AS row, __i FROM ${given}`, '__i');
  const answered = await withRecipeRows(database, predictor, { rows: asked }, ({ recipe }) =>
    answersOf(database, predictor, recipe),
  );
  const columns = task.answers(model);
  const notes = await appendAnswers(database, answers, columns, answered);
  return {
    select: `SELECT g.* EXCLUDE (__i), ${answerColumns(model, columns, notes).join(', ')} FROM ${given} g JOIN ${answers} a ON g.__i = a.i ORDER BY g.__i`,
    drop: async () => {
      await database.run(`DROP TABLE ${given}`);
      await database.run(`DROP TABLE ${answers}`);
    },
  };
}

function answerColumns(model: ModelFile, columns: readonly AnswerColumn[], notes: readonly string[]): string[] {
  const note = predictionColumns(model).includes(predictionNote)
    ? [`CAST([${notes.map((why) => literal(why)).join(', ')}] AS VARCHAR[])[a.note] AS ${predictionNote}`]
    : [];
  return [...columns.map((column) => `${valueOf(column, model)} AS ${id(column.name).render()}`), ...note];
}

function valueOf({ from, type }: AnswerColumn, model: ModelFile): string {
  if (from === 'label') return `${labelList(model)}[CAST(a.p AS BIGINT) + 1]`;
  if (from !== 'prediction') return `a.q${from.figure}`;
  return type === 'DOUBLE' ? 'a.p' : `CAST(a.p AS ${type})`;
}

/** One row for each answer; what is no number is missing. Gives the notes, in the order in which they are numbered from 1. */
async function appendAnswers(
  database: Database,
  table: string,
  columns: readonly AnswerColumn[],
  answers: Answers,
): Promise<string[]> {
  const figures = countFigures(columns);
  await database.run(
    `CREATE OR REPLACE TEMP TABLE ${table} (i BIGINT, p DOUBLE${Array.from({ length: figures }, (_, k) => `, q${k} DOUBLE`).join('')}, note INTEGER)`,
  );
  const notes = [...new Set(answers.notes.values())];
  const appender = await database.appender(table);
  const append = (value: number | undefined): void =>
    value === undefined || !Number.isFinite(value) ? appender.appendNull() : appender.appendDouble(value);
  for (let i = 0; i < answers.rows; i++) {
    appender.appendBigInt(BigInt(i));
    append(answers.prediction[i]);
    for (let k = 0; k < figures; k++) append(answers.probabilities[i * figures + k]);
    const note = answers.notes.get(i);
    if (note === undefined) appender.appendNull();
    else appender.appendInteger(notes.indexOf(note) + 1);
    appender.endRow();
  }
  appender.closeSync();
  return notes;
}
