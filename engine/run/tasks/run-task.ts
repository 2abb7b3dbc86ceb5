/** Runs a task: gives it its inputs and outputs, and keeps what it made as one artifact. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInput, TaskContext, TaskRun } from '../../../shared/capabilities.ts';
import { loadTask } from '../../../methods/tasks/load-task.ts';
import { fail } from '../../../shared/errors.ts';
import type { LanguageInput } from '../../../shared/language/language-model.ts';
import { hashText } from '../../files/hash-text.ts';
import { refit } from '../../plan/axes/fold/axis.ts';
import type { Instance } from '../../graph/instance.ts';
import type { Artifact, ArtifactPort } from '../../store/artifacts/artifact-store.ts';
import { fileExists, openWrittenPlace } from '../../files/written-place.ts';
import { effectsPort, type Effect } from '../effects.ts';
import { endedEarlyPort, keyOf, nodeOf } from '../results/instance-facts.ts';
import { steerTask, type SteeredTask } from './steer-task.ts';
import { carryFiles } from '../results/keep-tables.ts';
import { writeReport } from '../results/write-report.ts';
import { lateService } from './late-service.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { RunResults } from '../results/run-results.ts';
import { heldOutRows, markAllTraining } from '../results/row-marks.ts';
import { bindTable, type BoundTable } from './table-input.ts';
import { taskFiles, type TaskFiles } from './task-files.ts';
import { readLanguageInput, readWeights, writeLanguage } from './task-language.ts';
import { composeQuery, type TableValue } from '../../recipe/compose/table-value.ts';
import { rowGroupSize } from '../../table/row-groups.ts';

export async function runTask(results: RunResults, instance: Instance, run: TaskRun<never>): Promise<Artifact> {
  const { services } = results;
  const tables = new Map<string, BoundTable[]>();
  const models = new Map<string, LoadedModel>();
  const llms = new Map<string, LanguageInput[]>();
  const executing = results.executing.bind(results);
  const all = (): BoundTable[] => [...tables.values()].flat();
  // Inputs first: a node starts when it can.
  for (const [port, wired] of instance.inputs) {
    const wire = instance.node.spec?.inputs[port]?.wire;
    if (wire === 'table') {
      const values = await Promise.all(wired.map((w) => results.input(w)));
      const marked = instance.node.spec?.learns === true ? values.map(markAllTraining) : values;
      const prepared = await Promise.all(marked.map((value) => results.settle(value)));
      tables.set(
        port,
        prepared.map((value, i) => bindTable(prepared.length > 1 ? `${port}${i + 1}` : port, value, executing, all)),
      );
    } else if (wire === 'model' && wired[0] !== undefined) {
      const artifact = await results.artifact(wired[0].instance);
      const { loadModel } = await import('./loaded-model.ts');
      models.set(port, await loadModel(results, instance, artifact, executing));
    } else if (wire === 'llm') {
      const read = wired.map(async (one) =>
        readLanguageInput(services.task, await results.artifact(one.instance), one.port),
      );
      llms.set(port, await Promise.all(read));
    }
  }
  const files = taskFiles(services, instance);
  const steered = steerTask(results, instance);
  const given = [...tables.values()].flat().map(({ value }) => value);
  const artifact = await results.bigTurns.take(given, services.signal, () =>
    services.log.during(instance, () =>
      results.write(instance, async (folder) => {
        const ports: Record<string, ArtifactPort> = {};
        const metrics: Record<string, number | null> = {};
        const signatures: Record<string, string> = {};
        const effects: Effect[] = [];
        let isProvisional = false;
        const context = makeContext({
          results,
          instance,
          tables,
          models,
          llms,
          folder,
          ports,
          metrics,
          signatures,
          effects,
          files,
          steered,
          provisional: () => void (isProvisional = true),
        });
        await run.run(context as never).finally(steered.release);
        await warnOfPerfectScore(results, instance, { tables, models, metrics });
        await files.seal(folder);
        if (steered.endedEarly()) ports[endedEarlyPort] = { wire: 'report', files: [] };
        if (Object.keys(metrics).length > 0)
          ports['metrics'] = { wire: 'report', files: [], facts: { values: metrics, signatures } };
        if (effects.length > 0 || isProvisional)
          ports[effectsPort] = {
            wire: 'report',
            files: [],
            facts: { files: JSON.parse(JSON.stringify(effects)), provisional: isProvisional },
          };
        return ports;
      }),
    ),
  );
  await files.settle();
  await steered.forget();
  return artifact;
}

interface Making {
  results: RunResults;
  instance: Instance;
  tables: ReadonlyMap<string, readonly BoundTable[]>;
  models: ReadonlyMap<string, LoadedModel>;
  llms: ReadonlyMap<string, readonly LanguageInput[]>;
  folder: string;
  ports: Record<string, ArtifactPort>;
  metrics: Record<string, number | null>;
  signatures: Record<string, string>;
  effects: Effect[];
  files: TaskFiles;
  steered: SteeredTask;
  provisional: () => void;
}

// Over 80 lines: a list of what a node may use, each of a few lines.
function makeContext(making: Making): TaskContext<unknown> {
  const { results, instance, tables, models, llms, folder, ports } = making;
  const { services } = results;
  const one = (port: string): BoundTable => tables.get(port)?.[0] ?? notWired(instance, port);
  const executing = results.executing.bind(results);
  const all = (): TableValue[] => [...tables.values()].flat().map((t) => t.value);
  const watch = services.log.watch(instance, services.signal);
  const training = {
    steered: making.steered,
    threads: services.task.threads,
    signal: services.signal,
    say: (text: string): void => watch.log(text),
  };
  return {
    node: instance.node.id,
    params: instance.node.params,
    threads: services.task.threads,
    ...watch,
    has: (port) => tables.has(port) || models.has(port) || (llms.get(port)?.length ?? 0) > 0,
    table: one,
    tables: (port) => tables.get(port) ?? [],
    model: (port) => models.get(port) ?? notWired(instance, port),
    llm: (port) => llms.get(port)?.[0] ?? notWired(instance, port),
    llms: (port) => llms.get(port) ?? [],
    weights: (param) => readWeights(services.task, instance, param),
    hash: hashText,
    file: making.files.file,
    folder: making.files.folder,
    images: making.files.images,
    neural: lateService(async () => (await import('../../neural/task-neural.ts')).taskNeural(training)),
    sounds: making.files.sounds,
    texts: services.texts,
    decoders: lateService(async () => {
      const [{ taskDecoders }, { chooseDecoderDevice }] = await Promise.all([
        import('../../decoder/task-decoders.ts'),
        import('../../decoder/choose-device.ts'),
      ]);
      return taskDecoders({ ...training, device: chooseDecoderDevice });
    }),
    stage: making.files.stage,
    metric: (name, value, options) => {
      const finite = value !== null && Number.isFinite(value) ? value : null;
      if (options?.step === undefined) making.metrics[name] = finite;
      if (options?.signature !== undefined) making.signatures[name] = options.signature;
      services.log.recorder.record({ type: 'metric', ...nodeOf(instance), name, value: finite, ...options });
    },
    show: (block) => services.log.recorder.record({ type: 'node-showed', ...nodeOf(instance), block }),
    get control() {
      return making.steered.control();
    },
    checkpoint: making.steered.checkpoint,
    startWorkers: services.task.startWorkers,
    wasm: services.task.wasm,
    provisional: making.provisional,
    outputs: {
      table: async (port, query) => {
        const first = all()[0];
        const ctes = new Map(all().flatMap((v) => v.ctes.map((c) => [c.name, c] as const)));
        const named = new Map(
          [...tables].flatMap(([p, list]) =>
            list.map((t, i) => [list.length > 1 ? `${p}${i + 1}` : p, t.value.from] as const),
          ),
        );
        const text = composeQuery({ ctes: [...ctes.values()], from: first?.from ?? '' }, () =>
          query.render((r) => named.get(r) ?? r),
        );
        ports[port] = await writeRows(folder, port, first?.columns.length ?? 0, (copy) =>
          first === undefined
            ? services.connections.use(true, (db) => db.query(copy(text)))
            : executing(first, (db) => db.query(copy(text))),
        );
      },
      predictions: async (port, model, table) => {
        const predictor = loaded(models, model).predictor;
        const given = one(portOf(tables, table)).value;
        const rows = instance.heldOut === true ? heldOutRows(given) : given;
        const [{ warnOfChanges }, { predictionsQuery }] = await Promise.all([
          import('./loaded-model.ts'),
          import('../../recipe/predicted-rows.ts'),
        ]);
        await warnOfChanges(results, instance, predictor.model, rows);
        ports[port] = await executing(rows, async (db) => {
          const { select, drop } = await predictionsQuery(db, predictor, rows, keyOf(instance).slice(0, 12));
          try {
            return await writeRows(folder, port, rows.columns.length, (copy) => db.query(copy(select)));
          } finally {
            await drop();
          }
        });
      },
      model: async (port, draft) => {
        const rows = [...tables.values()][0]?.[0]?.value;
        if (rows === undefined) throw new Error('a model without training rows');
        const { modelJson, writeModel } = await import('../../recipe/model-file.ts');
        const { makeModel } = await import('../../recipe/reach-back.ts');
        const made = await services.connections.use(false, (db) => makeModel(db, draft, rows));
        const { model, files: tableFiles } = await carryFiles(made, folder);
        await writeFile(join(folder, modelJson), writeModel(model));
        const blobs = Object.entries(model.blobs ?? {});
        for (const [name, { file }] of blobs) await writeFile(join(folder, file), draft.blobs?.[name] ?? Buffer.of());
        const { target, task, features } = draft;
        const truth = (await loadTask(task)).measured?.truth;
        const finding =
          isWhole(instance) && truth !== undefined
            ? await (await tooGood()).leakingFeature(results, rows, { target: target.name, truth, columns: features })
            : undefined;
        if (finding !== undefined) watch.warn(finding);
        ports[port] = {
          wire: 'model',
          files: [modelJson, ...blobs.map(([, { file }]) => file), ...tableFiles],
          facts: { task: model.task, target: model.target.name, kind: model.kind },
        };
      },
      llm: async (port, draft) => {
        ports[port] = await writeLanguage(folder, keyOf(instance), draft);
      },
      report: async (port, report) => {
        const written = await writeReport(folder, port, report);
        // What a report shows stays as long as the report.
        for (const block of written.report.blocks)
          if (block.type === 'images') making.files.name(block.items.map((item) => item.image.hash));
        ports[port] = written.port;
      },
      file: async (path, write, overwrite) => {
        await using place = await openWrittenPlace(services.task.workspace, path);
        if (!overwrite && (await place.there()) !== undefined) throw fileExists(path);
        const content =
          'bytes' in write ? write : { move: await copyOut(results, tables, write.query, write.format, folder) };
        await services.task.verifySources(instance);
        const facts = await place.put(content, overwrite);
        making.effects.push({ path: place.path, bytes: facts.size, mtimeMs: facts.mtimeMs });
        if (services.task.filesStay === true)
          services.log.watch(instance, services.signal).log(`the file stays on the remote: ${place.path}`);
        return { path: place.below, bytes: facts.size };
      },
      service: async (port, declaration) => {
        const file = 'service.json';
        const settings = JSON.parse(JSON.stringify(declaration.settings));
        await writeFile(
          join(folder, file),
          JSON.stringify({ name: declaration.name, model: declaration.model.key, settings }),
        );
        ports[port] = {
          wire: 'service',
          files: [file],
          facts: { name: declaration.name, model: declaration.model.key, settings },
        };
      },
    },
  };
}

const tooGood = () => import('./too-good.ts');
/** Of folds, what is learnt from all rows speaks for them. */
const isWhole = ({ coordinates: { fold = refit } }: Instance): boolean => fold === refit;

async function warnOfPerfectScore(
  results: RunResults,
  instance: Instance,
  { tables, models, metrics }: Pick<Making, 'tables' | 'models' | 'metrics'>,
): Promise<void> {
  const rows = [...tables.values()][0]?.[0]?.value;
  const { model, task } = [...models.values()][0]?.predictor ?? {};
  const truth = task?.measured?.truth;
  if (
    instance.node.spec?.measures !== true ||
    rows === undefined ||
    model === undefined ||
    truth === undefined ||
    !isWhole(instance)
  )
    return;
  const asked = { target: model.target.name, truth };
  const finding = await (await tooGood()).tooGoodScore(results, rows, asked, metrics);
  if (finding !== undefined) results.services.log.watch(instance, results.services.signal).warn(finding);
}

async function writeRows(
  folder: string,
  port: string,
  columns: number,
  run: (copy: (select: string) => string) => Promise<readonly Record<string, unknown>[]>,
): Promise<ArtifactPort> {
  const file = `${port}.parquet`;
  const copied = await run(
    (select) =>
      `COPY (${select}) TO '${join(folder, file).replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize(columns)})`,
  );
  return { wire: 'table', files: [file], rows: Number(Object.values(copied[0] ?? {})[0] ?? 0) };
}

async function copyOut(
  results: RunResults,
  tables: Making['tables'],
  query: Parameters<BoundTable['query']>[0],
  format: 'csv' | 'parquet' | 'jsonl',
  folder: string,
): Promise<string> {
  const first = [...tables.values()][0]?.[0]?.value;
  if (first === undefined) throw new Error('a file without rows');
  const options = {
    csv: 'FORMAT csv, HEADER true',
    parquet: `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize(first.columns.length)}`,
    jsonl: 'FORMAT json, ARRAY false',
  }[format];
  // DuckDB may write into the store's own folder alone; the finished file is moved from there.
  const inside = join(folder, `.out-${format}`);
  await results.executing(first, (db) =>
    db.query(
      `COPY (${composeQuery(first, () => query.render(() => first.from))}) TO '${inside.replaceAll("'", "''")}' (${options})`,
    ),
  );
  return inside;
}

const loaded = (models: ReadonlyMap<string, LoadedModel>, model: ModelInput): LoadedModel => {
  const found = [...models.values()].find((m) => m === model);
  if (found === undefined) throw new Error('the model is no input of this task');
  return found;
};
const portOf = (tables: Making['tables'], table: unknown): string =>
  [...tables].find(([, list]) => list.some((t) => t === table))?.[0] ?? 'rows';

function notWired(instance: Instance, port: string): never {
  throw fail('wire.missing', {
    message: `"${instance.node.title}" has nothing on its input "${port}".`,
    mend: 'Wire it.',
    node: instance.node.id,
    port,
  });
}
