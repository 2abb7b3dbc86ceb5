/** What a run needs that a remote may lack: found at home by the same plan that a run makes. */
import { stat } from 'node:fs/promises';
import { largest } from '../../../shared/append.ts';
import type { Column } from '../../../shared/wires.ts';
import { readTargetPath } from '../../../shared/source/target-path.ts';
import { originOf } from '../../graph/graph.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Instance } from '../../graph/instance.ts';
import { hashFile } from '../../files/file-stamp.ts';
import { stagedName } from '../../sources/sources.ts';
import { decide } from '../../run/decide.ts';
import { planRun, targetsOf } from '../../run/plan-run.ts';
import type { RunEnvironment, RunRequest } from '../../run/run-request.ts';
import { tablePort } from '../../run/results/instance-facts.ts';
import { estimatePlaced } from '../../run/estimate-placed.ts';
import { listTrials } from '../../plan/axes/trial/trials.ts';
import type { Shipping } from './shipping.ts';

export async function planShipping(request: RunRequest, environment: RunEnvironment): Promise<Shipping> {
  const { graph, plan } = await planRun(request, environment);
  const trials = listTrials(request.file, request.sweep).length;
  const decision = decide(targetsOf(graph, plan, request.to, request.parts), environment.store, request.ignoreCache);
  // Of several trials, each is computed whole by one task.
  const isOne = trials === 1;
  // What is to be made anew there is not taken from here.
  const isSized = isOne && request.parts !== undefined && !request.ignoreCache;
  const found = isSized ? await estimatePlaced(plan, request, environment, decision.compute) : undefined;
  const sources: Sources = { staged: new Map(), blobs: new Map(), there: new Map() };
  const read = new Set([...decision.compute].map((instance) => instance.node.id));
  for (const instance of plan.order) {
    // A file that nothing reads there stays: its columns are enough to plan with.
    const schema = read.has(instance.node.id)
      ? undefined
      : found?.schemas.get(`${instance.node.id}.${tablePort(instance)}`);
    await addSources(instance, environment, sources, schema?.columns);
  }
  const tables = plan.order.flatMap((instance) => instance.sources.filter((source) => source.isTable === true));
  const partCounts = [...(plan.parting?.nodes.values() ?? [])].map((node) => node.parts);
  const kinds = [...new Set(Object.values(request.file.nodes).map((node) => node.kind))].sort();
  return {
    blobs: [...sources.blobs.values()],
    staged: [...sources.staged.values()],
    artifacts: neededResults(decision.compute, decision.stored),
    kinds,
    compute: [...new Set([...decision.compute].map(({ node }) => originOf(node)))].sort(),
    trials,
    folds: isOne && request.parts === undefined ? foldsOf(plan, decision.compute) : [],
    parts: isOne ? partsToCompute(decision.compute) : [],
    sized: found?.sized ?? [],
    partitions: request.partitions ?? largest([1, ...partCounts]),
    tableBytes: largest([0, ...tables.map(({ bytes }) => bytes)]),
    there: [...sources.there.values()],
  };
}

const partsToCompute = (compute: ReadonlySet<Instance>): Shipping['parts'] =>
  [...compute].flatMap(({ parted }) =>
    (parted?.parts ?? []).flatMap((part) =>
      part.key !== null && compute.has(part) ? [{ id: part.id, key: part.key }] : [],
    ),
  );

/**
 * What lies at the border of what is computed, and the small things behind it: states of fitted nodes, and the rows of a Split, without which a chain cannot be
 * put together. Nothing that is left out makes a result wrong: it is computed there again.
 */
function neededResults(compute: ReadonlySet<Instance>, stored: ReadonlyMap<Instance, { key: string }>): string[] {
  const keys = new Set<string>();
  const seen = new Set<Instance>();
  const visit = (instance: Instance, isBorder: boolean): void => {
    if (seen.has(instance)) return;
    seen.add(instance);
    const { form, marksRows } = instance.node.spec ?? {};
    const key = stored.get(instance)?.key;
    if (key !== undefined && !compute.has(instance) && (isBorder || form === 'fitted' || marksRows === true))
      keys.add(key);
    for (const part of instance.merges ?? []) visit(part, isBorder && key === undefined);
    for (const input of [...instance.inputs.values()].flat()) visit(input.instance, compute.has(instance));
  };
  for (const instance of compute) visit(instance, true);
  return [...keys];
}

async function addSources(
  instance: Instance,
  environment: RunEnvironment,
  { staged: found, blobs, there }: Sources,
  columns: readonly Column[] | undefined,
): Promise<void> {
  // Parts read what the whole would read.
  if (instance.coordinates['part'] !== undefined || !instance.node.sound) return;
  const run = await environment.loadRun(instance.node.kind);
  if (run.form === 'fitted') return;
  const named = run.sources?.(instance.node.params as never) ?? [];
  for (const source of named)
    if (source.from === 'files' && readTargetPath(source.path) !== undefined)
      there.set(source.path, { name: source.path, path: source.path, endings: [...source.endings] });
  const staysHere = columns !== undefined && instance.node.spec?.form === 'relational' && instance.inputs.size === 0;
  for (const source of instance.sources) {
    const name = named.find((n) => n.param === source.param);
    if (name === undefined) continue;
    const known = found.get(stagedName(name));
    // Two nodes read it, one of them there.
    if (known !== undefined && (staysHere || known.columns === undefined)) continue;
    const { path, sha256, bytes, folder, standIn, isTable } = source;
    if (standIn !== undefined && folder !== undefined) {
      const { files, others, version } = folder;
      const named = { files: [...files], others: { ...others, names: [...others.names] }, version };
      found.set(stagedName(name), {
        name: stagedName(name),
        path,
        sha256,
        bytes,
        isTable: true,
        isThere: true,
        folder: named,
      });
      continue;
    }
    if (staysHere) {
      found.set(stagedName(name), { name: stagedName(name), path: '', sha256, bytes, columns: [...(columns ?? [])] });
      continue;
    }
    const places = new Map<string, string>();
    if (folder === undefined) blobs.set(sha256, { sha256, bytes, from: path, name: name.path });
    else for (const file of folder.files) await addFile(file, blobs, places);
    const files = folder?.files.map((file) => ({ ...file, place: `${places.get(file.place) ?? ''} ${file.place}` }));
    found.set(stagedName(name), {
      name: stagedName(name),
      path,
      sha256,
      bytes,
      ...(isTable === undefined ? {} : { isTable }),
      ...(folder === undefined || files === undefined
        ? {}
        : {
            folder: { files, others: { ...folder.others, names: [...folder.others.names] }, version: folder.version },
          }),
    });
  }
}

interface Sources {
  staged: Map<string, Shipping['staged'][number]>;
  blobs: Map<string, Shipping['blobs'][number]>;
  there: Map<string, Shipping['there'][number]>;
}

/** A file of a folder is a blob; what lies in an archive is in the archive's. */
async function addFile(
  file: { place: string; packed?: unknown; sha256: string; bytes: number; path: string },
  blobs: Map<string, Shipping['blobs'][number]>,
  /** Place on this machine → content. */
  places: Map<string, string>,
): Promise<void> {
  if (places.has(file.place)) return;
  if (file.packed === undefined) {
    blobs.set(file.sha256, { sha256: file.sha256, bytes: file.bytes, from: file.place, name: file.path });
    places.set(file.place, file.sha256);
    return;
  }
  const sha256 = await hashFile(file.place);
  blobs.set(sha256, { sha256, bytes: (await stat(file.place)).size, from: file.place, name: file.place });
  places.set(file.place, sha256);
}

/** One group a fold, and one for what is no fold's: the ends of their own chains. What gathers them is cheap, and is made at home. */
function foldsOf(plan: Plan, compute: ReadonlySet<Instance>): string[][] {
  const gathers = new Set<Instance>();
  for (const instance of plan.order)
    if (instance.merges !== undefined || inputsOf(instance).some((input) => gathers.has(input))) gathers.add(instance);
  if (gathers.size === 0) return [];
  const own = [...compute].filter((instance) => !gathers.has(instance));
  const consumed = new Set(own.flatMap(inputsOf));
  const groups = new Map<string, string[]>();
  for (const instance of own)
    if (!consumed.has(instance))
      groups.set(instance.coordinates['fold'] ?? '', [
        ...(groups.get(instance.coordinates['fold'] ?? '') ?? []),
        instance.id,
      ]);
  return [...groups.values()];
}

const inputsOf = (instance: Instance): Instance[] => [...instance.inputs.values()].flat().map((i) => i.instance);
