/** A model on a wire, as a task is given it. */
import type { ModelInput } from '../../../shared/capabilities.ts';
import { literal } from '../../../shared/sql.ts';
import { findChanging } from '../../recipe/beside-steps.ts';
import { modelJson, type ModelFile } from '../../recipe/model-file.ts';
import { openModel } from '../../recipe/open-model.ts';
import { placeRows } from '../../recipe/place-rows.ts';
import { openPredictor, type Predictor } from '../../recipe/predictor.ts';
import { predictionColumns } from '../../recipe/recipe-query.ts';
import { scoreTable } from '../../recipe/score.ts';
import type { Instance } from '../../graph/instance.ts';
import type { Artifact } from '../../store/artifacts/artifact-store.ts';
import type { RunResults } from '../results/run-results.ts';
import type { BoundTable } from './table-input.ts';
import type { TableValue } from '../../recipe/compose/table-value.ts';

export interface LoadedModel extends ModelInput {
  predictor: Predictor;
}

export async function loadModel(
  results: RunResults,
  instance: Instance,
  artifact: Artifact,
  executing: RunResults['executing'],
): Promise<LoadedModel> {
  const file = Object.values(artifact.manifest.ports).find((p) => p.wire === 'model')?.files[0] ?? modelJson;
  const opened = await openModel(artifact.folder, file);
  const { model } = opened;
  const { images, texts, task, signal } = results.services;
  const predictor = await openPredictor(opened, { images, texts, threads: task.threads, signal });
  return {
    key: artifact.key,
    task: model.task,
    target: model.target,
    classes: model.classes,
    facts: model.facts as ModelInput['facts'],
    inputSchema: model.base.columns.filter((c) => model.needed.includes(c.name)),
    ...(model.base.made === undefined ? {} : { expects: model.base.made.title }),
    predictionColumns: predictionColumns(model),
    predictor,
    score: async (table, options) => {
      const value = (table as BoundTable).value;
      await warnOfChanges(results, instance, model, value);
      return executing(value, (db) => scoreTable(db, predictor, value, options));
    },
    toEncoder: async () => (await import('../../recipe/export-encoder.ts')).exportEncoder(opened),
    toOnnx: async () => {
      const { exportOnnx } = await import('../../recipe/export-onnx.ts');
      return exportOnnx(opened, {
        loadRun: results.services.loadRun,
        rowsOf: (path) =>
          results.services.connections.use(false, (db) => db.query(`SELECT * FROM read_parquet(${literal(path)})`)),
        parse: (expression) => results.services.composer.judge.parse(`SELECT (${expression}\n)`),
      });
    },
  };
}

/** Rows from a side branch: their columns have the names that the model knows, and other values. */
export async function warnOfChanges(
  results: RunResults,
  instance: Instance,
  model: ModelFile,
  rows: TableValue,
): Promise<void> {
  const { log, signal, connections } = results.services;
  const place = placeRows(model, rows);
  if (place.beside.length === 0) return;
  const titles = await connections.use(false, (db) => findChanging(db, model, place), signal);
  if (titles.length === 0) return;
  log.watch(instance, signal).warn({
    code: 'model.other-branch',
    message: `The rows went through ${titles.map((title) => `"${title}"`).join(' and ')}, which the model knows nothing of: it reads their columns as if they had not.`,
    mend: 'Wire rows from the chain of the model, at any place, or from Split.',
    port: 'rows',
  });
}
