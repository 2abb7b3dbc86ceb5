/**
 * Results by need: a table is composed, a state is fitted, a task is run when somebody asks for it, each once. What the store has is not computed again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyRun, AnyFittedRun, JsonValue, RelationalRun, Row } from '../../../shared/capabilities.ts';
import { fault, FlowyardError, type Problem } from '../../../shared/errors.ts';

import { compactJson } from '../../../shared/pipeline/canonical.ts';
import { ref, sql, type Sql } from '../../../shared/sql.ts';
import type { Database } from '../../table/database.ts';

import { originOf } from '../../graph/graph.ts';
import type { Instance, InstanceInput } from '../../graph/instance.ts';
import { claim } from '../../store/artifacts/claims.ts';
import type { Artifact, ArtifactDraft, ArtifactPort } from '../../store/artifacts/artifact-store.ts';
import { BigTurns } from './big-turns.ts';
import { findCulprit } from './culprit.ts';
import { examineRows, explainFailure } from './ask-node.ts';
import { taskOfMap } from '../../../methods/functions/run-map.ts';
import { composeFitted, composeRelational } from '../../recipe/compose/compose.ts';

import { keepTables } from './keep-tables.ts';
import { gatherFolds } from './gather-folds.ts';
import { endedByHand, keyOf, tablePort, warningsAsPort } from './instance-facts.ts';
import { lateService } from '../tasks/late-service.ts';
import { NodeFailed } from '../node-log.ts';
import { foldView, markAllTraining, trainingRows } from './row-marks.ts';
import { runTask } from '../tasks/run-task.ts';
import { isReadTwice, isWorthSettling, settle } from './settle.ts';
import { rowsFile, writeRows } from './snapshots.ts';
import { writeReport } from './write-report.ts';
import { taskRows } from '../tasks/task-rows.ts';
import { Steering } from '../steering.ts';

import { gatherParts, makeParts, writePart } from './gather-parts.ts';
import {
  composeQuery,
  parquetValue,
  partsValue,
  rowOrder,
  withoutRows,
  type TableValue,
} from '../../recipe/compose/table-value.ts';
import type { ResultServices, RunResults } from './run-results.ts';

const stateFile = 'state.json';

export class Results implements RunResults {
  readonly services: ResultServices;
  readonly bigTurns = new BigTurns();
  readonly #tables = new Map<string, Promise<TableValue>>();
  readonly #artifacts = new Map<string, Promise<Artifact>>();

  constructor(services: Omit<ResultServices, 'images' | 'sounds' | 'texts' | 'steering'> & { steering?: Steering }) {
    const { folder } = services.store;
    this.services = {
      ...services,
      images: lateService(async () => (await import('../../images/open-images.ts')).openImages(folder)),
      texts: lateService(async () => (await import('../../text/open-texts.ts')).openTexts(folder)),
      sounds: lateService(async () => (await import('../../audio/open-sounds.ts')).openSounds(folder)),
      steering: services.steering ?? new Steering(),
    };
  }

  /** The rows on a wire. */
  async input(wired: InstanceInput): Promise<TableValue> {
    const value = await this.table(wired.instance, wired.port);
    if (wired.none === true) return withoutRows(value);
    return wired.fold === undefined ? value : foldView(value, wired.fold.tag, wired.fold.expanding);
  }

  table(instance: Instance, port: string): Promise<TableValue> {
    const name = `${instance.key ?? instance.id}.${port}`;
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const made = this.services.log.place(instance, () => this.#makeTable(instance, port));
    this.#tables.set(name, made);
    return made;
  }

  /** The chain of a node as it is composed, also where its rows are stored. */
  async composition(instance: Instance, port: string): Promise<TableValue> {
    const run = await this.services.loadRun(instance.node.kind);
    return run.form === 'relational' ? this.composed(instance, run) : this.table(instance, port);
  }

  /** The stored result of an instance, computed when it is not there. */
  artifact(instance: Instance): Promise<Artifact> {
    const key = keyOf(instance);
    const known = this.#artifacts.get(key);
    if (known !== undefined) return known;
    const found = this.services.recompute.has(key) ? undefined : this.services.store.find(key);
    if (found !== undefined) this.services.log.taken(instance, found, 'another run has made it meanwhile');
    const made =
      found !== undefined ? Promise.resolve(found) : this.services.log.place(instance, () => this.#compute(instance));
    this.#artifacts.set(key, made);
    return made;
  }

  async #makeTable(instance: Instance, port: string): Promise<TableValue> {
    const run = await this.services.loadRun(instance.node.kind);
    if (run.form === 'relational') {
      if (instance.node.spec?.marksRows === true)
        return this.#fromArtifact(await this.composed(instance, run), await this.artifact(instance));
      if (instance.parted !== undefined) return this.#fromParts(instance, instance.parted, run);
      const stored = this.services.recompute.has(keyOf(instance))
        ? undefined
        : this.services.store.find(keyOf(instance));
      const value = await this.composed(instance, run);
      return stored === undefined ? value : this.#fromArtifact(value, stored);
    }
    if (run.form === 'fitted') {
      const artifact = await this.artifact(instance);
      const state: JsonValue = JSON.parse(await readFile(artifact.file(stateFile), 'utf8'));
      // Where the state was fitted just now, its input lies in a file already: what follows begins there.
      const input = markAllTraining(await this.#only(instance));
      return composeFitted(
        this.services.composer,
        instance,
        run,
        (await this.#settled.get(input.from)) ?? input,
        state,
        (file) => artifact.file(file),
      );
    }
    return taskRows(this, instance, port);
  }

  /** What follows parts begins at their files: rows one after the other, or what was merged. */
  async #fromParts(
    instance: Instance,
    { parts, form }: NonNullable<Instance['parted']>,
    run: RelationalRun<never>,
  ): Promise<TableValue> {
    const value = await this.composed(instance, run);
    const stored = this.services.recompute.has(keyOf(instance)) ? undefined : this.services.store.find(keyOf(instance));
    if (stored !== undefined || form === 'merge')
      return this.#fromArtifact(value, stored ?? (await this.artifact(instance)));
    const { key, columns, hidden, provenance } = value;
    const paths = (await makeParts(this, instance, parts, value.nodes)).map((part) => part.file(rowsFile));
    return partsValue(paths, { key, columns, hidden, provenance });
  }

  #fromArtifact(value: TableValue, artifact: Artifact): TableValue {
    const { key, columns, hidden, provenance } = value;
    const rows = Object.values(artifact.manifest.ports).find((p) => p.files.includes(rowsFile))?.rows;
    return {
      ...parquetValue(artifact.file(rowsFile), { key, columns, hidden, provenance }),
      ...(rows === undefined ? {} : { rows }),
    };
  }

  readonly #compositions = new Map<string, Promise<TableValue>>();
  composed(instance: Instance, run: RelationalRun<never>): Promise<TableValue> {
    const known = this.#compositions.get(keyOf(instance));
    if (known !== undefined) return known;
    const made = (async () => composeRelational(this.services.composer, instance, run, await this.inputs(instance)))();
    this.#compositions.set(keyOf(instance), made);
    return made;
  }

  async inputs(instance: Instance): Promise<Map<string, TableValue[]>> {
    const entries = await Promise.all(
      [...instance.inputs].map(
        async ([port, wired]) => [port, await Promise.all(wired.map((w) => this.input(w)))] as const,
      ),
    );
    return new Map(entries);
  }

  readonly #settled = new Map<string, Promise<TableValue>>();
  /** The same table, short to ask: a wide chain is written to the run's folder once. */
  async settle(value: TableValue, isWorth = isWorthSettling): Promise<TableValue> {
    if (!isWorth(value)) return value;
    const { store, run } = this.services;
    const made =
      this.#settled.get(value.from) ??
      store.scratch(run).then((folder) => settle(value, folder, this.executing.bind(this)));
    this.#settled.set(value.from, made);
    return made;
  }

  async #only(instance: Instance): Promise<TableValue> {
    const first = [...instance.inputs.values()][0]?.[0];
    if (first === undefined)
      throw fault('wire.missing', { message: `"${instance.node.title}" has no input.`, node: instance.node.id });
    return this.input(first);
  }

  async #compute(instance: Instance): Promise<Artifact> {
    this.services.signal.throwIfAborted();
    if (instance.merges !== undefined) return gatherFolds(this, instance);
    const run = await this.services.loadRun(instance.node.kind);
    switch (run.form) {
      case 'relational':
        if (instance.coordinates['part'] !== undefined) return writePart(this, instance, run);
        if (instance.parted !== undefined) return gatherParts(this, instance, instance.parted, run);
        return this.#materialise(instance, run);
      case 'fitted':
        return this.#fit(instance, run);
      case 'map':
        return runTask(this, instance, taskOfMap(run));
      case 'task':
        return runTask(this, instance, run);
    }
  }

  /** Writes a chain's rows: one fused query. */
  async #materialise(instance: Instance, run: Extract<AnyRun, { form: 'relational' }>): Promise<Artifact> {
    const value = await this.#toWrite(instance, run);
    return this.services.log.writing(instance, () =>
      this.write(instance, async (folder) => {
        const order = instance.node.spec?.marksRows === true ? rowOrder(value) : '';
        const select = composeQuery(value, (from) => `SELECT * FROM ${from}${order}`);
        const written = await this.executing(value, (db) => writeRows(db, select, folder, value.columns), rowsIn);
        await this.#examine(instance, run, value, join(folder, rowsFile));
        return { [tablePort(instance)]: written };
      }),
    );
  }

  async #toWrite(instance: Instance, run: RelationalRun<never>): Promise<TableValue> {
    const inputs = await this.inputs(instance);
    if (instance.node.spec?.marksRows !== true || ![...inputs.values()].flat().some(isReadTwice))
      return this.composed(instance, run);
    const settled = [...inputs].map(
      async ([port, values]) =>
        [port, await Promise.all(values.map((value) => this.settle(value, isReadTwice)))] as const,
    );
    return composeRelational(this.services.composer, instance, run, new Map(await Promise.all(settled)));
  }

  async #examine(instance: Instance, run: RelationalRun<never>, value: TableValue, path: string): Promise<void> {
    if (run.examine === undefined) return;
    const { log, connections, signal } = this.services;
    const output = { ref: sql`read_parquet(${path})`, columns: value.columns, hidden: value.hidden };
    const read = (text: string): Promise<Row[]> => connections.use(value.mixes, (db) => db.query(text), signal);
    await examineRows(instance, run, await this.inputs(instance), output, read, log.watch(instance, signal).warn);
  }

  async #fit(instance: Instance, run: AnyFittedRun): Promise<Artifact> {
    const input = await this.settle(markAllTraining(await this.#only(instance)));
    return this.bigTurns.take([input], this.services.signal, () =>
      this.services.log.during(instance, () =>
        this.write(instance, async (folder) => {
          const train: TableValue = { ...input, from: trainingRows(input) };
          const query = (text: Sql) =>
            this.executing(input, (db) =>
              db.query(composeQuery({ ctes: input.ctes, from: train.from }, () => text.render(() => train.from))),
            );
          const kept = keepTables(folder, (text, wrap) =>
            this.executing(input, (db) =>
              db.query(wrap(composeQuery({ ctes: input.ctes, from: train.from }, () => text.render(() => train.from)))),
            ),
          );
          const state = await run.fit({
            train: { ref: trainRef, columns: input.columns, hidden: input.hidden, query },
            params: instance.node.params as never,
            keep: kept.keep,
            images: this.services.images,
            ...this.services.log.watch(instance, this.services.signal),
          });
          await writeFile(join(folder, stateFile), compactJson(state));
          const report = run.report?.(state as never, instance.node.params as never);
          return {
            [tablePort(instance)]: { wire: 'table', files: [stateFile, ...kept.files], facts: { fitted: true } },
            ...(report === undefined ? {} : { report: (await writeReport(folder, 'report', report)).port }),
          };
        }),
      ),
    );
  }

  /** Writes an artifact under the instance's key and tells what came out. */
  async write(instance: Instance, work: (folder: string) => Promise<Record<string, ArtifactPort>>): Promise<Artifact> {
    const { store, run, recompute, signal, log } = this.services;
    const key = keyOf(instance);
    const anew = recompute.has(key);
    const own = await claim({
      folder: store.folder,
      key,
      isThere: () => !anew && store.find(key) !== undefined,
      onWait: () => log.watch(instance, signal).log('Another run computes this already: waiting for its result.'),
      signal,
    });
    const made = own === undefined ? store.find(key) : undefined;
    if (made !== undefined) {
      if (endedByHand(made))
        log.watch(instance, signal).log('The other run was ended early by hand: its result is what it had until then.');
      return made;
    }
    try {
      return await this.#write(instance, await store.begin(key, run), work);
    } finally {
      await own?.release();
    }
  }

  /** A result that a person ended early gives way to one that is computed anew. */
  async #makeWay(key: string): Promise<void> {
    if (!this.services.recompute.has(key)) return;
    const old = this.services.store.find(key);
    if (old !== undefined && endedByHand(old)) await this.services.store.remove(key);
  }

  async #write(
    instance: Instance,
    draft: ArtifactDraft,
    work: (folder: string) => Promise<Record<string, ArtifactPort>>,
  ): Promise<Artifact> {
    const started = performance.now();
    try {
      const ports = await work(draft.folder);
      this.services.signal.throwIfAborted();
      await this.services.task.verifySources(instance);
      await this.#makeWay(keyOf(instance));
      return await draft.commit({
        kind: instance.node.kind,
        node: originOf(instance.node),
        ports: { ...ports, ...warningsAsPort(this.services.log.warningsOf(instance)) },
        ms: Math.round(performance.now() - started),
        inputs: Object.values(instance.recipe?.inputs ?? {}).flat(),
      });
    } catch (thrown) {
      await draft.discard();
      throw thrown;
    }
  }

  /** Executes a fused chain on a connection and says which nodes took part. Failures are brought home to the node whose SELECT failed. */
  async executing<T>(
    value: TableValue,
    work: (database: Database) => Promise<T>,
    counted: (out: T) => number | null = (out) => (typeof out === 'number' ? out : null),
  ): Promise<T> {
    const { log, connections, signal } = this.services;
    signal.throwIfAborted();
    const started = performance.now();
    log.segmentStarted(value.nodes);
    try {
      const out = await connections.use(value.mixes, work, signal);
      log.segmentFinished(value.nodes, counted(out), performance.now() - started);
      return out;
    } catch (thrown) {
      signal.throwIfAborted();
      // Half a file reads like a broken one: what really happened comes first.
      for (const id of value.nodes) {
        const source = this.services.plan.main.get(id);
        if (source !== undefined && source.sources.length > 0) await this.services.task.verifySources(source);
      }
      if (!(thrown instanceof FlowyardError) || thrown.problem.node !== undefined) throw thrown;
      const culprit = await findCulprit(connections, value);
      // Every table can be read: what failed is what was done with the last (it could not be written), and whoever asked gives that its place.
      if (culprit === undefined) throw thrown;
      throw new NodeFailed(culprit, await this.#explained(culprit, value, thrown.problem), { cause: thrown });
    }
  }

  async #explained(culprit: string, value: TableValue, problem: Problem): Promise<Problem> {
    const instance = this.services.plan.main.get(culprit);
    if (instance === undefined) return problem;
    const run = await this.services.loadRun(instance.node.kind);
    if (run.form !== 'relational' || run.explain === undefined) return problem;
    const read = (text: string): Promise<Row[]> =>
      this.services.connections.use(value.mixes, (db) => db.query(text), this.services.signal);
    return explainFailure(instance, run, await this.inputs(instance), problem, read);
  }
}

const trainRef = ref('train');
const rowsIn = (port: ArtifactPort): number | null => port.rows ?? null;
