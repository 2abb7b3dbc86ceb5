/** A workspace in a temporary folder in which real pipelines run, with the real node kinds and store, in this process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRunEnvironment } from '../../cli/run-environment.ts';
import { executeRun, type RunStatus } from '../../engine/run/execute.ts';
import type { RunEnvironment, RunRequest } from '../../engine/run/run-request.ts';
import type { Artifact } from '../../engine/store/artifacts/artifact-store.ts';
import { Database } from '../../engine/table/database.ts';
import type { Row } from '../../shared/capabilities.ts';
import type { Problem } from '../../shared/errors.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { literal } from '../../shared/sql.ts';

export interface SketchedNode {
  kind: string;
  params?: Readonly<Record<string, unknown>>;
}
export interface FinishedRun {
  status: RunStatus;
  events: readonly RunEvent[];
  problems: readonly Problem[];
  warnings: readonly Problem[];
  metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** What a node made, as it lies in the store. */
  artifact: (node: string) => Artifact;
  /** One file of it, as text. */
  text: (node: string, file: string) => Promise<string>;
  /** The rows of a table that a node wrote, in the order of a column. */
  /** In their own order where none is named. */
  rows: (node: string, order?: string) => Promise<Row[]>;
}

export class Workshop implements AsyncDisposable {
  readonly folder: string;
  readonly environment: RunEnvironment;
  #runs = 0;

  private constructor(folder: string, environment: RunEnvironment) {
    this.folder = folder;
    this.environment = environment;
  }

  static async open(): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), 'flowyard-'));
    return new Workshop(folder, await openRunEnvironment(folder));
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  /** @param wires as in a pipeline file, `a.rows -> b.rows` */
  async run(
    nodes: Readonly<Record<string, SketchedNode>>,
    wires: readonly string[],
    onEvent: (event: RunEvent) => void = () => undefined,
    threads = 1,
    more: Partial<Pick<RunRequest, 'path' | 'partitions' | 'to' | 'memoryBytes' | 'parts' | 'sweep'>> = {},
  ): Promise<FinishedRun> {
    const file = validate({
      flowyard: 1,
      title: 'A test',
      parameters: {},
      nodes: Object.fromEntries(
        Object.entries(nodes).map(([id, { kind, params = {} }]) => [id, { kind, version: 1, params }]),
      ),
      wires,
      groups: {},
      notes: {},
      layout: {},
    });
    return await this.runFile(file, join(this.folder, 'a.pipeline.json'), { threads, ...more }, onEvent);
  }

  /** A pipeline as it was written, at the place where it looks for its files. */
  async runFile(
    file: PipelineFile,
    path: string,
    more: Partial<Pick<RunRequest, 'path' | 'partitions' | 'to' | 'memoryBytes' | 'parts' | 'threads' | 'sweep'>> = {},
    onEvent: (event: RunEvent) => void = () => undefined,
  ): Promise<FinishedRun> {
    const events: RunEvent[] = [];
    const run = `run-${++this.#runs}`;
    const request = {
      run,
      file,
      path,
      workspace: this.folder,
      parameters: {},
      granted: [],
      sweep: [],
      to: null,
      ignoreCache: false,
      deterministic: true,
      threads: 1,
      memoryBytes: 2 ** 30,
      ...more,
    };
    const take = (event: RunEvent): void => {
      events.push(event);
      onEvent(event);
    };
    const status = await executeRun(request, this.environment, take, new AbortController().signal);
    return this.#finished(status, events);
  }

  #finished(status: RunStatus, events: readonly RunEvent[]): FinishedRun {
    const reportedBy = (fold: string | undefined): string[] =>
      events.flatMap((e) =>
        (e.type === 'node-finished' || e.type === 'node-cached') &&
        e.variant?.['part'] === undefined &&
        e.variant?.['fold'] === fold
          ? e.outputs.map((o) => o.key.split('/')[0] ?? '')
          : [],
      );
    // Of folds, what was gathered stands for a node, else what was made of all of them.
    const reported = [...reportedBy(undefined), ...reportedBy('refit')];
    const artifact = (node: string): Artifact => {
      // A node that was part of a fused query tells no outputs; what was computed from it knows its key.
      const seen = new Set<string>();
      for (const waiting = [...reported]; waiting.length > 0;) {
        const key = waiting.shift() ?? '';
        const found = seen.has(key) ? undefined : this.environment.store.find(key.split('.')[0] ?? '');
        seen.add(key);
        if (found?.manifest.node === node) return found;
        waiting.push(...(found?.manifest.inputs ?? []));
      }
      throw new Error(`"${node}" made nothing: ${JSON.stringify(events.filter((e) => e.type === 'node-failed'))}`);
    };
    const last = events.at(-1);
    return {
      status,
      events,
      problems: events.flatMap((e) => (e.type === 'node-failed' ? [e.problem] : [])),
      warnings: events.flatMap((e) => (e.type === 'node-warning' ? [e.problem] : [])),
      metrics: last?.type === 'run-finished' ? last.metrics : {},
      artifact,
      text: (node, file) => readFile(artifact(node).file(file), 'utf8'),
      rows: async (node, order) => {
        await using database = await Database.open({
          threads: 1,
          memoryBytes: 2 ** 29,
          tempFolder: null,
          allowed: [this.folder],
        });
        return await database.query(
          `SELECT * FROM read_parquet(${literal(artifact(node).file('rows.parquet'))})${order === undefined ? '' : ` ORDER BY "${order}"`}`,
        );
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** RFC 4180; null is nothing between two commas. */
export const toCsv = (
  names: readonly string[],
  rows: readonly Readonly<Record<string, string | number | bigint | boolean | null>>[],
): string =>
  [names, ...rows.map((row) => names.map((name) => row[name] ?? null))]
    .map((line) =>
      line
        .map((value) =>
          value === null
            ? ''
            : /[",\n]/.test(String(value))
              ? `"${String(value).replaceAll('"', '""')}"`
              : String(value),
        )
        .join(','),
    )
    .join('\n') + '\n';
