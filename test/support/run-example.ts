/** Runs a kind's example pipeline as far as its nodes are relational, on real DuckDB, each node to a table. */
import { join } from 'node:path';
import type { AnyRun, TableRef } from '../../shared/capabilities.ts';
import { parseWire, type PipelineFile } from '../../shared/pipeline/file.ts';
import type { AnySpec } from '../../shared/kind/define-spec.ts';
import { repositoryRoot } from './node-folders.ts';
import { TestDatabase, type RunResult } from './run-sql.ts';

export interface ExampleServices {
  specs: ReadonlyMap<string, AnySpec>;
  loadRun: (kind: string) => Promise<AnyRun>;
}

/** Rows of each relational node's output, by node; nodes of other forms and what depends on them are left out. */
export async function runExample(
  example: PipelineFile,
  folder: string,
  { specs, loadRun }: ExampleServices,
): Promise<Map<string, RunResult>> {
  using database = await TestDatabase.open();
  const tables = new Map<string, TableRef>();
  const results = new Map<string, RunResult>();
  const wires = example.wires.map(parseWire);
  const waiting = new Set(Object.keys(example.nodes));
  const isReady = (name: string): boolean => wires.every((w) => w.to.node !== name || tables.has(w.from.node));
  for (let name = first(waiting, isReady); name !== undefined; name = first(waiting, isReady)) {
    waiting.delete(name);
    const node = example.nodes[name];
    const spec = node && specs.get(node.kind);
    if (node === undefined || spec === undefined || spec.form !== 'relational') continue;
    const run = await loadRun(node.kind);
    if (run.form !== 'relational') throw new Error(`${node.kind} is not relational`);
    const params = spec.params.parse(node.params);
    const into = (port: string): TableRef[] =>
      wires.filter((w) => w.to.node === name && w.to.port === port).flatMap((w) => tables.get(w.from.node) ?? []);
    const ports = Object.keys(spec.inputs);
    const sources = run.sources?.(params as never) ?? [];
    const placeOf = (param: string): string => {
      const source = sources.find((s) => s.param === param);
      return join(source?.from === 'resource' ? join(repositoryRoot, 'resources', 'data') : folder, source?.path ?? '');
    };
    const query = run.sql({
      inputs: Object.fromEntries(
        ports.flatMap((port) =>
          into(port)
            .slice(0, 1)
            .map((t) => [port, t] as const),
        ),
      ),
      many: Object.fromEntries(ports.map((port) => [port, into(port)])),
      params: params as never,
      file: placeOf,
      files: (param) => [placeOf(param)],
      lineBytes: () => 0,
    });
    const made = await database.createFrom(query);
    tables.set(name, made);
    results.set(name, await database.read(`FROM ${made.ref.render()}`));
  }
  return results;
}

const first = (names: ReadonlySet<string>, isReady: (name: string) => boolean): string | undefined =>
  [...names].find(isReady);
