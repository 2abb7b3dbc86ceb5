/** What becomes of a finished node's outputs beside the run: a model gets a name and a version, a declared service is kept and started. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { parseWire } from '../../../shared/pipeline/file.ts';
import { artifactKeyOf, type OutputFact, type RunEvent, type RunFact } from '../../../shared/run/run-events.ts';
import { column } from '../../../shared/wires.ts';
import type { Artifact, ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import type { ModelDescription } from '../../store/models.ts';
import type { ServiceDeclaration } from '../../store/services.ts';
import type { Store } from '../../store/store.ts';

export interface RegisterOptions {
  store: Store;
  artifacts: ArtifactStore;
  now: () => number;
  /** Keeps and starts a service that a run declared; gives the model that has its name, where that one is not replaced. */
  declareService: (declaration: ServiceDeclaration) => string | undefined;
}
type OutputsEvent = Extract<RunEvent, { type: 'node-finished' | 'node-cached' }>;

/** The part of a model's file that the list of models shows; the estimator is left alone. */
const modelHead = z.object({
  kind: z.string(),
  task: z.string(),
  target: column,
  classes: z.array(z.union([z.string(), z.number(), z.boolean()])),
  base: z.object({ columns: z.array(column) }),
  needed: z.array(z.string()),
  facts: z.record(z.string(), z.json()),
});
const serviceFacts = z.object({
  name: z.string(),
  model: z.string(),
  settings: z.record(z.string(), z.json()).default({}),
});

export function registerOutputs(
  event: OutputsEvent,
  { store, artifacts, now, declareService }: RegisterOptions,
): RunFact[] {
  const facts: RunFact[] = [];
  const run = store.runs.get(event.run);
  if (run === undefined) return facts;
  const register = (name: string, key: string, node: string): number | undefined => {
    const artifact = artifacts.find(key);
    const description = artifact === undefined ? undefined : describeModel(artifact);
    return description === undefined
      ? undefined
      : store.models.register({
          name,
          key,
          created_ms: now(),
          run: event.run,
          node,
          pipeline: run.pipeline,
          description,
        });
  };
  const declare = (service: Omit<ServiceDeclaration, 'origin'>, model: string): void => {
    const kept = declareService({ ...service, origin: `${run.pipeline}#${event.node}` });
    facts.push({
      type: 'service-declared',
      node: event.node,
      service: service.name,
      model,
      settings: service.settings,
      ...(kept === undefined ? {} : { kept }),
    });
  };
  for (const output of event.outputs) {
    const key = artifactKeyOf(output.key);
    if (output.wire === 'model') {
      const name = modelName(run.title, event.node);
      const version = register(name, key, event.node);
      if (version !== undefined) facts.push({ type: 'model-registered', node: event.node, name, version, key });
    }
    if (output.wire === 'service') {
      const declared = serviceFacts.safeParse(artifacts.find(key)?.manifest.ports[output.port]?.facts);
      if (!declared.success) continue;
      const modelKey = artifactKeyOf(declared.data.model);
      const language = artifacts.find(modelKey)?.manifest.ports['llm'];
      if (language !== undefined) {
        const model = String(language.facts?.['name'] ?? declared.data.name);
        // A language model has no numbered versions here: its key is its version.
        declare(
          { name: declared.data.name, model, modelVersion: 0, modelKey, settings: declared.data.settings },
          model,
        );
        continue;
      }
      const known = store.models.ofKey(modelKey).at(-1);
      const model = known?.name ?? declared.data.name;
      const modelVersion = known?.version ?? register(model, modelKey, event.node);
      if (modelVersion === undefined) continue;
      declare(
        { name: declared.data.name, model, modelVersion, modelKey, settings: declared.data.settings },
        `${model} ${modelVersion}`,
      );
    }
  }
  return facts;
}

/** What the model's own file says of it. */
export function describeModel(artifact: Artifact): ModelDescription | undefined {
  const file = Object.values(artifact.manifest.ports).find((port) => port.wire === 'model')?.files[0];
  if (file === undefined) return undefined;
  const parsed = modelHead.safeParse(JSON.parse(readFileSync(artifact.file(file), 'utf8')));
  if (!parsed.success) return undefined;
  const { kind, task, target, classes, base, needed, facts } = parsed.data;
  return {
    kind,
    task,
    target: target.name,
    bytes: artifact.bytes,
    input_schema: base.columns.filter((c) => needed.includes(c.name)),
    classes,
    facts,
  };
}

/** `Penguin species` and `boosting` give `penguin-species-boosting`. */
export function modelName(title: string, node: string): string {
  const slug = (text: string): string =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-+|-+$/g, '');
  return [slug(title), slug(node)].filter((part) => part !== '').join('-') || 'model';
}

/** Metrics of the nodes behind a model in the pipeline: what was measured on it. */
export function metricsBehind(
  file: PipelineFile,
  node: string,
  metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>,
): Record<string, number | null> {
  const wires = file.wires.map(parseWire);
  const behind = new Set([node]);
  for (const id of behind) for (const wire of wires) if (wire.from.node === id) behind.add(wire.to.node);
  behind.delete(node);
  return Object.fromEntries([...behind].flatMap((id) => Object.entries(metrics[id] ?? {})));
}

/** After a run: each model that it made or found gets what was measured on it. */
export function keepModelMetrics(store: Store, run: string): void {
  const row = store.runs.get(run);
  const file = store.runs.file(run);
  if (row === undefined || file === undefined) return;
  const models: (OutputFact & { node: string })[] = store.runs.outputs(run).filter((output) => output.wire === 'model');
  for (const output of models) {
    const measured = metricsBehind(file, output.node, row.metrics);
    if (Object.keys(measured).length > 0) store.models.setMetrics(artifactKeyOf(output.key), measured);
  }
}
