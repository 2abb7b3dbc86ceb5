/** What happened to each node, as facts: started once, finished once, failed at the node where it failed, whoever asked. */
import type { Finding } from '../../shared/kind/define-spec.ts';
import type { Watch } from '../../shared/capabilities.ts';
import { FlowyardError, toProblem, type Problem } from '../../shared/errors.ts';
import type { Instance } from '../graph/instance.ts';
import type { Recorder } from './recorder.ts';
import type { Artifact } from '../store/artifacts/artifact-store.ts';
import { metricsOf, nodeOf, outputFacts, signaturesOf, warningsOf } from './results/instance-facts.ts';

/** A failure that was told and has its place. */
export class NodeFailed extends FlowyardError {
  constructor(node: string | undefined, problem: Problem, options?: { cause?: unknown }) {
    super(node === undefined ? problem : { ...problem, node }, options);
    this.name = 'NodeFailed';
  }
}

export class NodeLog {
  readonly #recorder: Recorder;
  readonly #reason: (instance: Instance) => string;
  readonly #relational: ReadonlyMap<string, Instance>;
  readonly #started = new Map<string, number>();
  readonly #writing = new Set<string>();
  readonly #warned = new Map<string, Problem[]>();
  readonly finished = new Set<string>();
  readonly failed = new Map<string, Problem>();

  /** `relational`: the instance that stands for each node, for the reasons of fused nodes. */
  constructor(recorder: Recorder, relational: ReadonlyMap<string, Instance>, reason: (instance: Instance) => string) {
    this.#recorder = recorder;
    this.#relational = relational;
    this.#reason = reason;
  }

  get recorder(): Recorder {
    return this.#recorder;
  }

  /** Gives failures of the work their place, and tells of them once. */
  async place<T>(instance: Instance, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof NodeFailed) {
        this.reportFailure(thrown.problem);
        throw thrown;
      }
      if (isAbort(thrown)) throw thrown;
      const problem = { node: instance.node.id, ...toProblem(thrown) };
      this.reportFailure(problem);
      throw new NodeFailed(undefined, problem, { cause: thrown });
    }
  }

  reportFailure(problem: Problem): void {
    if (problem.node === undefined || this.failed.has(problem.node)) return;
    this.failed.set(problem.node, problem);
    this.#recorder.record({ type: 'node-failed', node: problem.node, problem });
  }

  /** The work of a task or a fit: started, finished with what came out. */
  async during(instance: Instance, work: () => Promise<Artifact>): Promise<Artifact> {
    const started = performance.now();
    this.#recorder.record({ type: 'node-started', ...nodeOf(instance), reason: this.#reason(instance) });
    const artifact = await work();
    this.finished.add(instance.id);
    this.#reportResult(instance, artifact);
    this.#recorder.record({
      type: 'node-finished',
      ...nodeOf(instance),
      ms: Math.round(performance.now() - started),
      outputs: outputFacts(artifact),
    });
    return artifact;
  }

  segmentStarted(nodes: readonly string[]): void {
    for (const id of nodes) {
      const instance = this.#relational.get(id);
      if (instance === undefined || this.#started.has(id) || instance.node.spec?.form !== 'relational') continue;
      this.#started.set(id, performance.now());
      this.#recorder.record({ type: 'node-started', node: id, reason: this.#reason(instance) });
    }
  }

  segmentFinished(nodes: readonly string[], rows: number | null, ms: number): void {
    const fresh = nodes.filter((id) => this.#started.has(id) && !this.finished.has(id) && !this.#writing.has(id));
    if (nodes.length > 0)
      this.#recorder.record({ type: 'segment-finished', nodes: [...nodes], rows, ms: Math.round(ms) });
    for (const id of fresh) {
      this.finished.add(id);
      this.#recorder.record({ type: 'node-finished', node: id, ms: Math.round(ms), outputs: [] });
    }
  }

  /** A chain whose rows are written: its last node finishes with what was written, not with the query. */
  async writing(instance: Instance, work: () => Promise<Artifact>): Promise<Artifact> {
    const started = performance.now();
    this.#writing.add(instance.node.id);
    const artifact = await work();
    this.#writing.delete(instance.node.id);
    if (!this.finished.has(instance.id)) {
      this.finished.add(instance.id);
      this.#reportResult(instance, artifact);
      this.#recorder.record({
        type: 'node-finished',
        ...nodeOf(instance),
        ms: Math.round(performance.now() - started),
        outputs: outputFacts(artifact),
      });
    }
    return artifact;
  }

  /** It has its result, and did not compute it: from the cache, from another run, or since what follows it is there. */
  taken(instance: Instance, artifact: Artifact | undefined, reason: string): void {
    if (this.finished.has(instance.id)) return;
    this.finished.add(instance.id);
    this.#recorder.record({
      type: 'node-cached',
      ...nodeOf(instance),
      reason,
      outputs: artifact === undefined ? [] : outputFacts(artifact),
      ...(artifact === undefined ? {} : { saved_ms: artifact.manifest.ms }),
    });
    if (artifact !== undefined) this.#reportResult(instance, artifact);
  }

  /** What a result says of itself belongs to each run that has it, whoever computed it. */
  #reportResult(instance: Instance, artifact: Artifact): void {
    const place = nodeOf(instance);
    for (const problem of warningsOf(artifact, instance.node.id))
      this.#recorder.record({ type: 'node-warning', ...place, problem });
    const signatures = signaturesOf(artifact);
    for (const [name, value] of Object.entries(metricsOf(artifact))) {
      const signature = signatures[name];
      this.#recorder.record({
        type: 'metric',
        ...place,
        name,
        value,
        ...(signature === undefined ? {} : { signature }),
      });
    }
  }

  /** What the work on a result has warned of until now. */
  warningsOf({ id }: Instance): readonly Problem[] {
    return this.#recorder.redact(this.#warned.get(id) ?? []);
  }

  watch(instance: Instance, signal: AbortSignal): Watch {
    const place = nodeOf(instance);
    return {
      signal,
      progress: (fraction, text) =>
        this.#recorder.record({
          type: 'node-progress',
          ...place,
          fraction: fraction === null ? null : Math.min(1, Math.max(0, fraction)),
          ...(text === undefined ? {} : { text }),
        }),
      log: (text, level = 'info') => this.#recorder.record({ type: 'node-log', ...place, level, text }),
      warn: (finding: Finding) => {
        const problem: Problem = { ...finding, severity: 'warning', node: instance.node.id };
        this.#warned.set(instance.id, [...(this.#warned.get(instance.id) ?? []), problem]);
        this.#recorder.record({ type: 'node-warning', ...place, problem });
      },
    };
  }
}

export const isAbort = (thrown: unknown): boolean =>
  (thrown instanceof Error && thrown.name === 'AbortError') ||
  (thrown instanceof FlowyardError && thrown.code === 'run.cancelled');
