/**
 * The plan of a run: every computation that the pipeline means, with its recipe key. A pipeline without folds or sweeps has one instance a node; Split by
 * folds gives each node between Split and an evaluation one instance a fold and one refit on all rows that are not test; a sweep gives each value a
 * trial. What is equal has an equal key and is computed once.
 */
import { append } from '../../shared/append.ts';
import type { AnyRun } from '../../shared/capabilities.ts';
import { equalJson } from '../../shared/json/equal-json.ts';
import { fault, type Problem, toProblem } from '../../shared/errors.ts';
import type { Graph, PlanNode, Source } from '../graph/graph.ts';
import { withAncestors, withDescendants } from '../graph/graph.ts';
import { findOverwrittenSources } from './overwritten-sources.ts';
import { recipeKey, type Recipe } from '../graph/keys.ts';
import type { FolderHashes } from '../sources/source-folder.ts';
import { endParts, makeParts, planParts, type PartsWish } from './part-instances.ts';
import type { Parting } from './parting.ts';
import { readTargetPath } from '../../shared/source/target-path.ts';
import { recallListing } from '../sources/listings.ts';
import type { DecodedFiles } from '../sources/decoded-files.ts';
import { refuseDeepJson } from '../sources/json-nesting.ts';
import { findFiles, stampCopy } from '../sources/source-files.ts';
import { findSource, stagedName, type SourceRoots } from '../sources/sources.ts';
import type { FoundSource } from '../sources/found-source.ts';
import type { FoldTag, InstanceInput, Instance } from '../graph/instance.ts';
export const refit: FoldTag = 'refit';
export interface Plan {
  graph: Graph;
  instances: ReadonlyMap<string, Instance>;
  /** The instance that stands for a node: itself, the gathered folds, or the refit. */
  main: ReadonlyMap<string, Instance>;
  order: readonly Instance[];
  problems: readonly Problem[];
  /** What is computed in parts, and what is not although its rows lie in parts. Undefined: nobody asked. */
  parting?: Parting;
}
export interface PlanServices {
  loadRun: (kind: string) => Promise<AnyRun>;
  hashes: {
    hash: (path: string) => Promise<Omit<FoundSource, 'param' | 'path'>>;
    folders: Pick<FolderHashes, 'hash'>;
    decoded: Pick<DecodedFiles, 'copy'>;
  };
  roots: SourceRoots;
  /** Rows that lie in several files may be computed in parts. Without it, they are not. */
  parts?: PartsWish;
}

/** @param before the plan of the pipeline before its last edit: instances that the edit does not touch stay the same objects */
export async function makePlan(graph: Graph, services: PlanServices, before?: Plan): Promise<Plan> {
  const problems: Problem[] = [];
  const folds = findFolds(graph, problems);
  const instances = new Map<string, Instance>();
  const main = new Map<string, Instance>();
  const order: Instance[] = [];
  const sourcesOf = once((node: PlanNode) => readSources(node, services));
  const parting =
    services.parts === undefined
      ? undefined
      : await planParts(graph, services.parts, folds?.after ?? new Set(), { loadRun: services.loadRun, sourcesOf });
  const parts = new Map<string, readonly Instance[]>();
  const cyclic = new Set(graph.cyclic);
  const add = (instance: Instance): Instance => {
    instances.set(instance.id, instance);
    order.push(instance);
    return instance;
  };
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (node === undefined) continue;
    if (cyclic.has(id)) {
      main.set(id, add(unmade({ id, node, inputs: new Map() })));
      continue;
    }
    const plain = folds === undefined && parting?.nodes.has(id) !== true ? before?.instances.get(id) : undefined;
    if (plain !== undefined && plain.node === node && isUntouched(plain, main)) {
      main.set(id, add(plain));
      continue;
    }
    const inFolds = folds !== undefined && folds.after.has(id);
    const tags: (FoldTag | undefined)[] = inFolds ? [...(folds.before.has(id) ? folds.tags : []), refit] : [undefined];
    const made: Instance[] = [];
    const parted = parting?.nodes.get(id);
    for (const tag of tags) {
      const inputs = new Map(
        [...node.inputs].map(
          ([port, sources]) => [port, sources.map((s) => inputOf(s, id, tag, instances, main, folds))] as const,
        ),
      );
      const heldOut = folds?.predictions.has(id) === true;
      const name = tag === undefined ? id : `${id}[${tag}]`;
      // What is made in parts is told so afterwards, which must not reach the plan before.
      const old = parted === undefined ? before?.instances.get(name) : undefined;
      const base = {
        id: name,
        node,
        inputs,
        ...(tag === undefined ? {} : { fold: tag }),
        ...(heldOut ? { heldOut } : {}),
      };
      try {
        made.push(add(readsFiles(node) ? await readInstance(base, sourcesOf, old) : makeInstance(base, noFiles, old)));
      } catch (thrown) {
        const problem: Problem = { node: id, ...toProblem(thrown) };
        problems.push(problem);
        made.push(add({ ...unmade(base), problem }));
      }
    }
    const last = made.at(-1);
    if (last === undefined) continue;
    if (parted !== undefined) {
      const own = makeParts(last, parted, { parts, main }, (inputs, part) =>
        keyed({ ...last, ...part, id: `${id}[part ${part.part}]`, inputs }),
      );
      own.forEach(add);
      parts.set(id, own);
      if (parted.ends) endParts(last, own, parted);
    }
    main.set(id, inFolds && gathers(folds, id) ? add(gather(node, made)) : last);
  }
  append(problems, await findOverwrittenSources(graph, instances.values(), services.roots.workspace));
  return { graph, instances, main, order, problems, ...(parting === undefined ? {} : { parting }) };
}

interface Folds {
  split: string;
  tags: FoldTag[];
  expanding: boolean;
  after: Set<string>;
  /** Nodes whose folds are gathered, and what they need. */
  before: Set<string>;
  evaluations: Set<string>;
  /** Predictions of rows by the models that did not see them. */
  predictions: Set<string>;
}
const gathers = (folds: Folds, id: string): boolean => folds.evaluations.has(id) || folds.predictions.has(id);

function findFolds(graph: Graph, problems: Problem[]): Folds | undefined {
  const splits = [...graph.nodes.values()].filter((n) => n.sound && n.spec?.folds?.(n.params));
  const [first, second] = splits;
  if (first === undefined) return undefined;
  const facts = first.spec?.folds?.(first.params);
  if (!facts) return undefined;
  if (second !== undefined)
    problems.push({
      code: 'split.two-folds',
      severity: 'error',
      message: `"${first.id}" and "${second.id}" both split by folds.`,
      mend: 'Keep one of them; the other can split once.',
      node: second.id,
    });
  const { within, predictions } = findWithin(graph, first.id);
  const evaluations = new Set([...within].filter((id) => graph.nodes.get(id)?.spec?.category === 'evaluate'));
  return {
    split: first.id,
    tags: Array.from({ length: facts.count }, (_, i) => `fold ${i + 1}`).slice(facts.expanding ? 1 : 0),
    expanding: facts.expanding,
    after: within,
    before: withAncestors(graph, [...evaluations, ...predictions]),
    evaluations,
    predictions,
  };
}

/** What is computed for each fold: all that follows Split, up to predictions that were gathered, which are rows like any others to what follows them. */
function findWithin(graph: Graph, split: string): { within: Set<string>; predictions: Set<string> } {
  const after = withDescendants(graph, [split]);
  const within = new Set<string>();
  const predictions = new Set<string>();
  for (const id of graph.order) {
    const node = graph.nodes.get(id);
    if (node === undefined || id === split || !after.has(id)) continue;
    const sources = [...node.inputs.values()].flat().map((source) => source.node);
    const isBeyond = sources.some((s) => after.has(s) && s !== split && !within.has(s));
    const takesGathered = sources.some((s) => predictions.has(s));
    // An evaluation measures each fold by its own model, by way of Predict too.
    if (isBeyond || (takesGathered && node.spec?.category !== 'evaluate')) continue;
    within.add(id);
    // Rows from elsewhere are new to every model, and get the one that is fitted on all rows.
    const isGathered = node.sound && node.spec?.outOfFold?.(node.params) === true;
    if (isGathered && sources.every((s) => after.has(s))) predictions.add(id);
  }
  return { within, predictions };
}

function inputOf(
  source: Source,
  consumer: string,
  tag: FoldTag | undefined,
  instances: ReadonlyMap<string, Instance>,
  main: ReadonlyMap<string, Instance>,
  folds: Folds | undefined,
): InstanceInput {
  const plain = main.get(source.node);
  if (tag !== undefined && folds !== undefined) {
    if (source.node === folds.split && plain !== undefined)
      return { instance: plain, port: source.port, fold: { tag, expanding: folds.expanding } };
    // What follows the gathered rows has them all.
    if (plain !== undefined && gathers(folds, source.node) && !folds.before.has(consumer))
      return { instance: plain, port: source.port };
    const same = instances.get(`${source.node}[${tag}]`);
    if (same !== undefined) return { instance: same, port: source.port };
  }
  if (plain === undefined) throw new Error(`the node ${source.node} was planned after its consumer`);
  return { instance: plain, port: source.port };
}

type Base = Pick<Instance, 'id' | 'node' | 'inputs' | 'fold' | 'heldOut'>;

/** One object, since what is said of a node depends on its files. */
const noFiles: readonly FoundSource[] = [];
const unmade = (base: Base): Instance => ({ ...base, key: null, recipe: null, sources: noFiles });

function makeInstance(base: Base, sources: readonly FoundSource[], old: Instance | undefined): Instance {
  if (old !== undefined && isAsBefore(old, base, sources)) return old;
  return canBeMade(base) ? keyed({ ...unmade(base), sources }) : unmade(base);
}

async function readInstance(
  base: Base,
  sourcesOf: (node: PlanNode) => Promise<FoundSource[]>,
  old: Instance | undefined,
): Promise<Instance> {
  return makeInstance(base, canBeMade(base) ? await sourcesOf(base.node) : noFiles, old);
}

/** Asked once for each node: whoever asks again in the same plan sees the same files. */
function once<T>(ask: (node: PlanNode) => Promise<T>): (node: PlanNode) => Promise<T> {
  const asked = new Map<PlanNode, Promise<T>>();
  return (node) => {
    const answer = asked.get(node) ?? ask(node);
    asked.set(node, answer);
    return answer;
  };
}

const canBeMade = ({ node, inputs }: Base): boolean =>
  node.sound &&
  Object.entries(node.spec?.inputs ?? {}).every(([port, spec]) => spec.optional || (inputs.get(port)?.length ?? 0) > 0);

/** Without folds: whether all that an instance is made of is there as it was. What a file holds must be asked anew. */
function isUntouched({ node, inputs, fold, merges, parted, problem }: Instance, main: Plan['main']): boolean {
  if (readsFiles(node) || fold !== undefined || merges !== undefined || parted !== undefined || problem !== undefined)
    return false;
  for (const wired of inputs.values())
    for (const input of wired)
      if (input.fold !== undefined || main.get(input.instance.node.id) !== input.instance) return false;
  return true;
}

function isAsBefore(old: Instance, base: Base, sources: readonly FoundSource[]): boolean {
  return (
    old.node === base.node &&
    old.fold === base.fold &&
    old.heldOut === base.heldOut &&
    old.merges === undefined &&
    old.parted === undefined &&
    old.problem === undefined &&
    equalJson(old.sources, sources) &&
    old.inputs.size === base.inputs.size &&
    [...base.inputs].every(([port, wired]) => {
      const others = old.inputs.get(port) ?? [];
      return wired.length === others.length && wired.every((input, i) => isSameInput(input, others[i]));
    })
  );
}
const isSameInput = (a: InstanceInput, b: InstanceInput | undefined): boolean =>
  a.instance === b?.instance && a.port === b.port && equalJson(a.fold, b.fold) && a.none === b.none;

/** The instance with its recipe; without one where an input has none. */
function keyed(instance: Instance): Instance {
  const { node, inputs, sources, heldOut, partial } = instance;
  const wiredKeys: Record<string, string[]> = {};
  for (const [port, wired] of inputs) {
    const keys = wired.map((i) =>
      i.instance.key === null
        ? null
        : `${i.instance.key}.${i.port}${i.fold === undefined ? '' : `@${i.fold.tag}`}${i.none === true ? '@none' : ''}`,
    );
    const known = keys.filter((k) => k !== null);
    if (known.length !== keys.length) return { ...instance, key: null, recipe: null };
    wiredKeys[port] = known;
  }
  const params =
    sources.length === 0
      ? node.params
      : { ...node.params, ...Object.fromEntries(sources.map((s) => [s.param, { content: s.sha256 }])) };
  const recipe: Recipe = {
    kind: node.kind,
    computes: node.spec?.computes ?? 0,
    params,
    inputs: wiredKeys,
    ...(heldOut === true ? { fold: 'held out' } : {}),
    ...(partial === true ? { partial } : {}),
    ...(givesModel(node) && isBehindMap(instance) ? { mapped: true } : {}),
  };
  return { ...instance, key: recipeKey(recipe), recipe };
}

const givesModel = ({ spec }: PlanNode): boolean =>
  Object.values(spec?.outputs ?? {}).some(({ wire }) => wire === 'model');

const behindMap = new WeakMap<Instance, boolean>();
/** A batch function stands on the way to it. */
function isBehindMap(instance: Instance): boolean {
  const known = behindMap.get(instance);
  if (known !== undefined) return known;
  const found = [...instance.inputs.values()]
    .flat()
    .some((one) => one.instance.node.spec?.form === 'map' || isBehindMap(one.instance));
  behindMap.set(instance, found);
  return found;
}

function readsFiles({ spec }: PlanNode): boolean {
  const isReader = spec?.form === 'relational' && Object.keys(spec.inputs).length === 0;
  return isReader || (spec !== undefined && spec.form !== 'fitted' && spec.readsFiles === true);
}

async function readSources(node: PlanNode, { loadRun, roots, hashes }: PlanServices): Promise<FoundSource[]> {
  const form = node.spec?.form;
  if (!readsFiles(node)) return [];
  const run = await loadRun(node.kind);
  if (run.form === 'fitted' || run.form !== form)
    throw fault('kind.broken', {
      message: `The kind "${node.kind}" declares one form and has another.`,
      node: node.id,
    });
  const sources = run.sources?.(node.params as never) ?? [];
  return Promise.all(
    sources.map(async (source): Promise<FoundSource> => {
      const copy = roots.staged?.get(stagedName(source));
      if (copy !== undefined) return { param: source.param, ...(await stampCopy(copy)) };
      if (source.from === 'files' && readTargetPath(source.path) !== undefined)
        return { param: source.param, ...(await recallListing(roots.listings, source.path, node.id, source.param)) };
      const path = await findSource(source, roots, node.id);
      if (source.from === 'files') return { param: source.param, ...(await findFiles(source, path, hashes)) };
      if (source.from !== 'folder') {
        const seen = await hashes.hash(path);
        if (source.from === 'file' && source.json !== undefined)
          await refuseDeepJson(path, seen.stamp, source.json, { node: node.id, param: source.param });
        if (source.from !== 'file' || source.encoding === undefined) return { param: source.param, path, ...seen };
        const copy = await hashes.decoded.copy(path, seen, source.encoding);
        return { param: source.param, path: copy, original: path, ...(await hashes.hash(copy)) };
      }
      const folder = await hashes.folders.hash(path, source.endings);
      const bytes = folder.files.reduce((sum, file) => sum + file.bytes, 0);
      return { param: source.param, path, sha256: folder.version, bytes, stamp: folder.version, folder };
    }),
  );
}

function gather(node: PlanNode, parts: readonly Instance[]): Instance {
  const keys = parts.map((p) => p.key).filter((k) => k !== null);
  const recipe: Recipe = { kind: 'flow.gather-folds', computes: 1, params: { of: node.kind }, inputs: { folds: keys } };
  const whole = keys.length === parts.length;
  return {
    id: node.id,
    node,
    merges: parts,
    key: whole ? recipeKey(recipe) : null,
    recipe: whole ? recipe : null,
    inputs: new Map(),
    sources: [],
  };
}
