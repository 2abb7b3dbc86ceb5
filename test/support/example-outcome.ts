/** A kind's example, run by the engine: what its node gave, short enough to be read and kept beside it as `example.expected.json`. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { AnySpec } from '../../shared/kind/define-spec.ts';
import { exampleFiles } from './example-files.ts';
import type { NodeFolder } from './node-folders.ts';
import type { FinishedRun, Workshop } from './workshop.ts';

export interface ExampleOutcome {
  /** Codes of what the run warns of, by node. */
  warnings: string[];
  metrics: unknown;
  /** Of the kind's own node, by port. */
  outputs: Record<string, unknown>;
  /** What it wrote beside the pipeline. */
  files: Record<string, unknown>;
}

/**
 * @param text the example, or the same with another address
 * @throws with the run's problems where it does not end well
 */
export async function runKindsExample(
  shop: Workshop,
  folder: NodeFolder,
  spec: AnySpec,
  text = folder.read('example.pipeline.json') ?? '',
): Promise<ExampleOutcome> {
  const place = join(shop.folder, folder.kind);
  await cp(folder.path, place, { recursive: true });
  for (const bring of exampleFiles[folder.kind] ?? []) await bring(place);
  const before = new Set(filesIn(place));
  const file = parsePipeline(text, folder.kind);
  const node = Object.entries(file.nodes).find(([, n]) => n.kind === folder.kind)?.[0] ?? '';
  const path = join(place, 'example.pipeline.json');
  const run = await shop.runFile(withAnswers(file, node, spec), path);
  if (run.status !== 'done') throw new Error(`${folder.kind}: ${JSON.stringify([run.problems, run.events.at(-1)])}`);
  const files = Object.fromEntries(
    filesIn(place)
      .filter((name) => !before.has(name))
      .map((name) => [name, glance(join(place, name))]),
  );
  const outputs: Record<string, unknown> = {};
  for (const [port, { wire }] of Object.entries(spec.outputs)) {
    if (wire === 'table') outputs[port] = await tableOf(run, spec.form === 'fitted' ? shown : node);
    else if (wire === 'model') outputs[port] = await modelOf(run, node);
    else outputs[port] = await jsonOf(run, node, port);
  }
  return {
    warnings: run.events.flatMap((e) => (e.type === 'node-warning' ? [`${e.node}: ${e.problem.code}`] : [])).toSorted(),
    metrics: brief(run.metrics),
    outputs,
    files,
  };
}

const [shown, asked] = ['table-shown', 'model-asked'];
/** A fitted kind's table is a query until somebody asks for it, and a model is best known by its answers: to the rows that it was given. */
function withAnswers(file: PipelineFile, node: string, spec: AnySpec): PipelineFile {
  const nodes = { ...file.nodes };
  const wires = [...file.wires];
  if (spec.form === 'fitted') {
    nodes[shown] = { kind: 'clean.select', version: 1, params: { action: 'keep', columns: { by: 'all' } } };
    wires.push(`${node}.rows -> ${shown}.rows`);
  }
  if (spec.outputs['model'] !== undefined) {
    nodes[asked] = { kind: 'predict.rows', version: 1, params: {} };
    const source = file.wires.find((wire) => wire.endsWith(` -> ${node}.rows`))?.split(' -> ')[0] ?? '';
    wires.push(`${node}.model -> ${asked}.model`, `${source} -> ${asked}.rows`);
  }
  return { ...file, nodes, wires };
}

/**
 * Holds what an example gave against the file beside it, or writes that where UPDATE_EXAMPLES is 1.
 * A processor of another kind trains a network to slightly other weights: what comes of one is compared to two or three digits, and its texts without their numbers.
 */
export function expectWritten(found: ExampleOutcome, folder: NodeFolder, spec: AnySpec): void {
  if (process.env['UPDATE_EXAMPLES'] === '1')
    writeFileSync(join(folder.path, 'example.expected.json'), `${JSON.stringify(found, null, 2)}\n`);
  const kept: unknown = JSON.parse(folder.read('example.expected.json') ?? 'null');
  const plain: unknown = JSON.parse(JSON.stringify(found));
  if (networks.test(spec.kind) || spec.heavy === true) expect(blurred(plain, false)).toEqual(blurred(kept, true));
  else expect(plain).toEqual(kept);
}
const networks = /^(explore\.(filter|training)-steps|prepare\.(ocr|transcribe|embed-)|language\.|evaluate\.judge)/;
function blurred(value: unknown, isWanted: boolean): unknown {
  if (typeof value === 'number')
    return isWanted ? expect.closeTo(value, 2 - Math.max(0, Math.ceil(Math.log10(Math.abs(value))))) : value;
  if (typeof value === 'string') return value.replaceAll(/\d+(\.\d+)?/g, '#');
  if (Array.isArray(value)) return value.map((one) => blurred(one, isWanted));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, blurred(one, isWanted)]));
}

async function tableOf(run: FinishedRun, node: string): Promise<unknown> {
  const rows = await run.rows(node);
  return {
    columns: Object.keys(rows[0] ?? {}),
    rows: rows.length,
    // A table has no order of its own: the first rows by their text.
    first: rows
      .map((row) => JSON.stringify(brief(row)))
      .toSorted()
      .slice(0, 3)
      .map((text): unknown => JSON.parse(text)),
  };
}

/** What it is, and what it says of rows that it was given. */
async function modelOf(run: FinishedRun, node: string): Promise<unknown> {
  const { task, target, classes, features, facts }: Record<string, unknown> = JSON.parse(
    await run.text(node, 'model.json'),
  );
  return brief({ task, target, classes, features, facts, predictions: await tableOf(run, asked) });
}

async function jsonOf(run: FinishedRun, node: string, port: string): Promise<unknown> {
  const { manifest } = run.artifact(node);
  const name = manifest.ports[port]?.files.find((one) => one.endsWith('.json'));
  return name === undefined ? (manifest.ports[port] ?? null) : brief(JSON.parse(await run.text(node, name)));
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => name.replaceAll('\\', '/'))
    .toSorted();
/** Of a text its beginning, of all else that there is something. */
function glance(path: string): unknown {
  if (!existsSync(path) || !/\.(csv|tsv|md|json|jsonl|txt)$/.test(path)) return statSync(path).size > 0;
  return brief(readFileSync(path, 'utf8'));
}

const mostKept = 3;
/** Numbers to six digits, lists and texts by their beginnings, without times and places of this run. */
export function brief(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(6)) : String(value);
  // A result's name is made of versions too.
  if (typeof value === 'string' && /^[0-9a-f]{40}$/.test(value)) return 'the key of a result';
  if (typeof value === 'string') return value.length > 160 ? `${value.slice(0, 160)}… (${value.length})` : value;
  if (Array.isArray(value)) {
    const first = value.slice(0, mostKept).map(brief);
    return value.length > mostKept ? [...first, `… of ${value.length}`] : first;
  }
  if (ArrayBuffer.isView(value)) return brief(Array.from(value as Float64Array));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !unsteady.test(name))
      .map(([name, one]) => [name, brief(one)]),
  );
}
/** Which differ from run to run. */
const unsteady = /(^|_)ms$|_per_second$|^seconds_per_epoch$/;
