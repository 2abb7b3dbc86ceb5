/** The steps of a recipe as ONNX operators. Each kind knows its own form; what has none is named, all at once. */
import type { AnyRun, OnnxColumn, Row, StateTable } from '../../../shared/capabilities.ts';
import { fail, FlowyardError } from '../../../shared/errors.ts';
import type { Column } from '../../../shared/wires.ts';
import type { GraphBuilder } from '../../../methods/onnx/graph-builder.ts';
import type { ModelFile, ModelStep } from '../model-file.ts';

export interface ExportServices {
  loadRun: (kind: string) => Promise<AnyRun>;
  /** The tree of an SQL expression. */
  parse: (expression: string) => Promise<unknown>;
  /** The rows of a Parquet file beside the model. */
  rowsOf: (file: string) => Promise<readonly Row[]>;
}

/** Each is written into the file three times over: beyond this, neither we nor who opens it would be done. */
const mostTableRows = 1_000_000;

async function readTables(step: ModelStep, { rowsOf }: ExportServices): Promise<Record<string, StateTable>> {
  const tables: Record<string, StateTable> = {};
  for (const [name, table] of Object.entries(step.tables ?? {})) {
    if (!('file' in table)) {
      tables[name] = table;
      continue;
    }
    if (table.count > mostTableRows)
      throw fail('onnx.no-form', {
        message: `Its table of "${name}" has ${table.count.toLocaleString('en')} rows; an ONNX file takes ${mostTableRows.toLocaleString('en')}.`,
        mend: 'Serve the model here, or derive groups from the column before.',
      });
    const rows = await rowsOf(table.file);
    tables[name] = { columns: table.columns, rows: rows.map((row) => table.columns.map((c) => row[c.name] ?? null)) };
  }
  return tables;
}

/**
 * @param columns the raw columns, by name; afterwards what the last step gives
 * @throws `onnx.no-form` naming every step that has no form
 */
export async function addSteps(
  g: GraphBuilder,
  model: ModelFile,
  columns: Map<string, OnnxColumn>,
  services: ExportServices,
): Promise<void> {
  const without: { step: ModelStep; why?: string; mend?: string }[] = [];
  let input: readonly Column[] = model.base.columns;
  for (const step of model.steps) {
    // Null: a model lets rows pass it unchanged (Split, a choice of training rows). So it does where it begins before a step that it cannot repeat.
    if (step.sql !== null && step.place === undefined) {
      const run = await services.loadRun(step.kind);
      if (step.leavesOut !== undefined)
        without.push({
          step,
          why: 'It leaves rows out, for which an ONNX file would still give a prediction.',
          mend: 'Serve the model here, which says why such a row has no prediction, or let the step choose training rows only.',
        });
      else if (run.form === 'task' || run.form === 'map' || run.onnx === undefined) without.push({ step });
      // After a step without a form the columns are not what the next one expects.
      else if (without.length === 0) {
        try {
          await run.onnx({
            graph: g,
            columns,
            params: step.params as never,
            state: (step.state ?? null) as never,
            input,
            tables: await readTables(step, services),
            parse: services.parse,
          });
        } catch (thrown) {
          if (!(thrown instanceof FlowyardError) || thrown.code !== 'onnx.no-form') throw thrown;
          without.push({
            step,
            why: thrown.problem.message,
            ...(thrown.problem.mend === undefined ? {} : { mend: thrown.problem.mend }),
          });
        }
      }
    }
    input = step.columns;
  }
  const [first] = without;
  if (first === undefined) return;
  const titles = [...new Set(without.map(({ step }) => `"${step.title}"`))];
  const named =
    titles.length === 1
      ? `The step ${titles[0]} of this model has`
      : `The steps ${titles.slice(0, -1).join(', ')} and ${titles.at(-1)} of this model have`;
  throw fail('onnx.no-form', {
    message: `${named} no form in ONNX.${first.why === undefined ? '' : ` ${first.why}`}`,
    mend: first.mend ?? 'Serve the model here, which takes every step, or train it without what these steps make.',
    facts: { steps: without.map(({ step }) => ({ title: step.title, kind: step.kind })) },
  });
}
