/** A sweep: the same pipeline with other values of parameters, one trial for each combination. What a value does not touch has the same key and is computed once. */
import { fail } from '../../../../shared/errors.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';

export interface SweepAxis {
  node: string;
  param: string;
  values: readonly unknown[];
}
/** What is set in a trial, by node and parameter. */
export type TrialValues = Record<string, string | number | boolean | null>;
export interface Trial {
  file: PipelineFile;
  values: TrialValues;
  /** `boosting.trees=100`; empty without a sweep. */
  label: string;
}

export function listTrials(file: PipelineFile, sweep: readonly SweepAxis[]): Trial[] {
  for (const axis of sweep)
    if (axis.values.length === 0)
      throw fail('sweep.empty', {
        message: `The sweep of ${axis.node}.${axis.param} has no values.`,
        mend: 'Give them as a,b,c.',
      });
  const combinations = sweep.reduce<{ axis: SweepAxis; value: unknown }[][]>(
    (all, axis) => all.flatMap((one) => axis.values.map((value) => [...one, { axis, value }])),
    [[]],
  );
  return combinations.map((chosen) => ({
    file: chosen.reduce((f, c) => setParameter(f, c.axis.node, c.axis.param, c.value), file),
    values: Object.fromEntries(chosen.map((c) => [`${c.axis.node}.${c.axis.param}`, plain(c.value)])),
    label: chosen.map((c) => `${c.axis.node}.${c.axis.param}=${String(plain(c.value))}`).join(','),
  }));
}

/** A file with one parameter of one node set. */
export function setParameter(file: PipelineFile, node: string, param: string, value: unknown): PipelineFile {
  const old = file.nodes[node];
  if (old === undefined)
    throw fail('run.no-node', {
      message: `The pipeline has no node "${node}".`,
      mend: `It has ${Object.keys(file.nodes).sort().join(', ')}.`,
    });
  return {
    ...file,
    nodes: {
      ...file.nodes,
      [node]: { ...old, params: { ...old.params, [param]: JSON.parse(JSON.stringify(value ?? null)) } },
    },
  };
}

const plain = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : JSON.stringify(value);
