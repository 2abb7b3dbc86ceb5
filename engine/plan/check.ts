/** Checks before a run: every problem pinned to its node and parameter with the mend, and the schema on every wire, without reading rows. */
import { append } from '../../shared/append.ts';
import type { AnyRun } from '../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import { describeNetwork, sayProblem } from '../../shared/neural/describe-network.ts';
import type { Finding } from '../../shared/kind/define-spec.ts';
import { findRefused } from '../../shared/kind/written-file.ts';
import { hiddenColumns, partitionColumn, type Column, type TableSchema } from '../../shared/wires.ts';
import { workUnreported, type AtWork } from '../compute/at-work.ts';
import { composeRelational, type Composer } from '../recipe/compose/compose.ts';
import type { TableValue } from '../recipe/compose/table-value.ts';
import { CheckMemory, ownFacts } from './check-memory.ts';
import { rowsOf, withAncestors, type Graph, type PlanNode } from '../graph/graph.ts';
import { choosesBy, findLeaks, findLeakingFeatures, restart, traceColumns, type Lineage } from './lineage.ts';
import type { Plan } from './plan.ts';
import type { Instance } from '../graph/instance.ts';
import { judgeLookUp, looksUpBehindSplit } from './look-ups.ts';
import { judgeSplit } from './semantics.ts';
import type { Judged, Output } from './judged.ts';

export interface Checked {
  problems: Problem[];
  /** `node.port` → schema. */
  schemas: Map<string, TableSchema>;
}
interface Tools {
  composer: Composer;
  loadRun: (kind: string) => Promise<AnyRun>;
  memory: CheckMemory;
}

export async function checkPlan(
  plan: Plan,
  composer: Composer,
  loadRun: (kind: string) => Promise<AnyRun>,
  memory: CheckMemory = new CheckMemory(),
  atWork: AtWork = workUnreported,
): Promise<Checked> {
  const tools = { composer, loadRun, memory };
  const problems: Problem[] = [...plan.graph.problems, ...plan.problems];
  const schemas = new Map<string, TableSchema>();
  const lineage = new Map<string, Lineage>();
  const wrong = new Set(problems.filter((p) => p.severity === 'error').flatMap((p) => p.node ?? []));
  memory.keep(plan.graph.nodes);
  const asking = new Set(asksForLineage(plan.graph));
  const traced = withAncestors(plan.graph, [...asking]);
  for (const id of plan.graph.order) {
    const node = plan.graph.nodes.get(id);
    const instance = plan.main.get(id);
    if (node?.spec === undefined || instance === undefined || !node.sound) continue;
    const sources = [...node.inputs.values()].flat();
    const given = sources.map((s) => schemas.get(`${s.node}.${s.port}`));
    const before = sources.map((s) => lineage.get(s.node));
    const targets = targetsOf(plan, node, schemas);
    const [isTraced, isWrong] = [traced.has(id), wrong.has(id)];
    const judge = (): Promise<Judged> =>
      atWork(id, () => judgeNode({ plan, node, instance, schemas, targets, lineage, isTraced, isWrong }, tools));
    // Of the other nodes, a plain one knows kinds, names and wires: those of the order. Who asks where columns come from knows more.
    const { sources: files, key, heldOut, merges } = instance;
    const facts = [node, files, key === null, heldOut, merges !== undefined, JSON.stringify(targets)];
    const asked = [...facts, plan.graph.order, isTraced, isWrong, ...given, ...before];
    const answer = asking.has(id) ? judge() : memory.judged.ask(id, asked, judge);
    const { found, output, line, failed } = answer instanceof Promise ? await answer : answer;
    if (failed === true) memory.judged.forget(id);
    if (output !== undefined) for (const port of tablesOf(node)) schemas.set(`${id}.${port}`, output.schema);
    if (line !== undefined) lineage.set(id, line);
    if (found.some((f) => f.severity === 'error')) wrong.add(id);
    append(problems, found);
  }
  return { problems: unique(problems), schemas };
}

const tablesOf = ({ spec }: PlanNode): string[] =>
  Object.entries(spec?.outputs ?? {}).flatMap(([port, { wire }]) => (wire === 'table' ? [port] : []));

interface NodeInPlan {
  plan: Plan;
  node: PlanNode;
  instance: Instance;
  schemas: ReadonlyMap<string, TableSchema>;
  targets: Readonly<Record<string, TableSchema>>;
  lineage: ReadonlyMap<string, Lineage>;
  /** Somebody after it asks where its columns come from. */
  isTraced: boolean;
  /** Something is wrong with it already. */
  isWrong: boolean;
}

async function judgeNode(
  { plan, node, instance, schemas, targets, lineage, isTraced, isWrong }: NodeInPlan,
  { composer, loadRun, memory }: Tools,
): Promise<Judged> {
  const { id } = node;
  const inputs = schemasOf(node, schemas);
  const found: Problem[] = [];
  let output: Output | undefined;
  let line: Lineage | undefined;
  try {
    const facts = ownFacts(instance);
    const sources = [...node.inputs.values()].flat();
    const asked = [...facts, ...sources.map((s) => schemas.get(`${s.node}.${s.port}`)), JSON.stringify(targets)];
    try {
      if (tablesOf(node).length > 0 && !isWrong)
        output = await memory.outputs.ask(id, asked, () =>
          outputOf(node, instance, schemas, targets, composer, loadRun),
        );
    } finally {
      // What a query does to rows is known when it has been read.
      append(found, [...judgeSplit(plan.graph, node, inputs, output?.eachRow === true), ...runCheck(node, inputs)]);
    }
    if (isTraced) {
      const before = sources.map((s) => lineage.get(s.node));
      const traced = await memory.lineages.ask(id, [...facts, output, ...before], () =>
        traceColumns(node, instance, output?.schema, output?.select, lineage, composer.judge),
      );
      const split = node.spec?.marksRows === true ? output : undefined;
      line =
        split === undefined ? traced : await memory.beginnings.ask(id, [traced], async () => restart(node, traced));
      if (split !== undefined && inputs['rows']?.split !== true)
        append(found, findLeaks(plan.graph, node, split.schema, traced));
      if (output !== undefined) append(found, judgeLookUp(plan.graph, node, inputs, output.schema, traced, lineage));
      const learnt = node.spec?.learns === true ? inputs['rows'] : undefined;
      if (learnt !== undefined) append(found, findLeakingFeatures(node, learnt, traced));
      append(found, judgeChoice(node, inputs, traced, lineage));
    }
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (!found.some((f) => f.severity === 'error'))
      found.push({ ...problem, node: problem.node ?? id, severity: 'error' });
    return { found, output, line, failed: true };
  }
  return { found, output, line };
}

/** A Split and a trainer ask where columns come from, what looks values up behind Split too, and a choice of rows by what. */
const asksForLineage = (graph: Graph): string[] =>
  [...graph.nodes.values()]
    .filter((node) => node.sound)
    .filter(
      (node) =>
        node.spec?.marksRows === true ||
        node.spec?.learns === true ||
        looksUpBehindSplit(graph, node) ||
        (rowsOf(node) === 'fewer' && node.spec?.trainingOnly?.(node.params) === false),
    )
    .map((node) => node.id);

/** A choice of rows that is part of the model cannot ask for what a new row does not have. */
function judgeChoice(
  node: PlanNode,
  inputs: Record<string, TableSchema | undefined>,
  line: Lineage,
  lineage: ReadonlyMap<string, Lineage>,
): Problem[] {
  const [source] = [...node.inputs.values()].flat();
  const schema = Object.values(inputs).find((i) => i?.split === true);
  const target = schema?.columns.find((c) => c.role === 'target')?.name;
  const before = source === undefined ? undefined : lineage.get(source.node);
  if (target === undefined || before === undefined || rowsOf(node) !== 'fewer') return [];
  if (node.spec?.trainingOnly?.(node.params) !== false || !choosesBy(line, before, target)) return [];
  return [
    {
      code: 'split.chooses-by-target',
      severity: 'error',
      message: `"${node.title}" chooses rows by the target "${target}", which a new row does not have: the model could predict none.`,
      mend: 'Let it choose training rows only, or put it before Split.',
      node: node.id,
      param: 'trainingOnly',
      column: target,
      fixes: [{ do: 'set', title: 'Training rows only', node: node.id, param: 'trainingOnly', value: true }],
    },
  ];
}

function schemasOf(node: PlanNode, schemas: ReadonlyMap<string, TableSchema>): Record<string, TableSchema | undefined> {
  return Object.fromEntries(
    Object.keys(node.spec?.inputs ?? {}).map((port) => [port, schemas.get(sourceName(node, port))]),
  );
}
const noTargets = {};
/** Of each model on an input, the target that its trainer was told, in the place of a schema. */
function targetsOf(
  { graph }: Plan,
  node: PlanNode,
  schemas: ReadonlyMap<string, TableSchema>,
): Record<string, TableSchema> {
  const models = [...node.inputs].filter(([port]) => node.spec?.inputs[port]?.wire === 'model');
  if (models.length === 0) return noTargets;
  return Object.fromEntries(
    models.flatMap(([port, sources]) => {
      const trainer = graph.nodes.get(sources[0]?.node ?? '');
      const rows = trainer && Object.values(schemasOf(trainer, schemas)).find((s) => s !== undefined);
      const named = trainer?.params['target'];
      const target = rows?.columns.find((c) =>
        typeof named === 'string' && named !== '' ? c.name === named : c.role === 'target',
      );
      return target === undefined
        ? []
        : [[port, { columns: [{ ...target, role: 'target' as const }], split: false }] as const];
    }),
  );
}
const sourceName = (node: PlanNode, port: string): string => {
  const first = node.inputs.get(port)?.[0];
  return first === undefined ? '' : `${first.node}.${first.port}`;
};

function runCheck(node: PlanNode, inputs: Record<string, TableSchema | undefined>): Problem[] {
  const wired = new Set([...node.inputs].filter(([, s]) => s.length > 0).map(([port]) => port));
  const findings: Finding[] = node.spec?.check?.({ node: node.id, params: node.params, inputs, wired }) ?? [];
  const refused = findRefused(node.spec?.writes?.(node.params) ?? []);
  return [...refused, ...findings, ...unfitLayers(node, inputs)].map((f) => ({
    severity: 'error',
    ...f,
    node: node.id,
  }));
}

/** Layers that no data of these columns could go through; what depends on sizes that only a run knows is left to it. */
function unfitLayers(node: PlanNode, inputs: Record<string, TableSchema | undefined>): Finding[] {
  const reported = node.spec?.network?.(node.params, inputs);
  const problem = reported && describeNetwork(reported.network).problem;
  if (reported === undefined || problem === undefined || (problem.by === 'size' && reported.sizes !== 'known'))
    return [];
  const words = [sayProblem(problem), ...(reported.sizes === 'known' ? [] : [reported.assumed ?? ''])];
  return [{ code: 'neural.layer', message: words.join(' ').trim(), mend: problem.mend, param: 'layers' }];
}

async function outputOf(
  node: PlanNode,
  instance: Instance,
  schemas: ReadonlyMap<string, TableSchema>,
  targets: Readonly<Record<string, TableSchema>>,
  composer: Composer,
  loadRun: (kind: string) => Promise<AnyRun>,
): Promise<Output | undefined> {
  const { spec } = node;
  if (spec === undefined) return undefined;
  const inputs = schemasOf(node, schemas);
  const first = Object.values(inputs).find((i) => i !== undefined);
  if (spec.form !== 'relational') {
    const needed = Object.entries(spec.inputs).some(
      ([port, p]) => p.wire === 'table' && !p.optional && inputs[port] === undefined,
    );
    if (needed) return undefined;
    const known = { ...inputs, ...targets };
    const columns: readonly Column[] = spec.columns?.(node.params, known) ?? first?.columns ?? [];
    const dynamic =
      first === undefined ? [] : [...(first.dynamic ?? []), ...(spec.dynamic?.(node.params, first) ?? [])];
    return {
      schema: { columns: [...columns], split: first?.split ?? false, ...(dynamic.length > 0 ? { dynamic } : {}) },
    };
  }
  if (instance.key === null) return undefined;
  const run = await loadRun(node.kind);
  if (run.form !== 'relational') return undefined;
  const names = new Map<string, string>();
  const values = new Map<string, TableValue[]>();
  for (const [port, sources] of node.inputs)
    for (const source of sources) {
      const schema = schemas.get(`${source.node}.${source.port}`);
      if (schema === undefined) return undefined;
      const value = placeholder(`in_${names.size}`, schema);
      names.set(value.from, source.node);
      values.set(port, [...(values.get(port) ?? []), value]);
    }
  const value = await composeRelational(composer, instance, run, values);
  const schema: TableSchema = {
    columns: [...value.columns],
    split: value.hidden.includes(partitionColumn),
    ...(first?.dynamic ? { dynamic: first.dynamic } : {}),
  };
  return {
    schema,
    select: { sql: value.ctes.at(-1)?.sql ?? '', inputs: names },
    ...(value.eachRow === true ? { eachRow: value.eachRow } : {}),
  };
}

/** A table of which only the schema is known. */
function placeholder(name: string, schema: TableSchema): TableValue {
  return {
    key: name,
    columns: schema.columns,
    hidden: schema.split ? hiddenColumns : [],
    ctes: [],
    from: name,
    nodes: [],
    mixes: false,
    provenance: { base: { key: name, columns: schema.columns, sign: name }, steps: [] },
  };
}

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((p) => {
    const name = `${p.code}|${p.node ?? ''}|${p.param ?? ''}|${p.message}`;
    return !seen.has(name) && seen.add(name) !== undefined;
  });
}
