/** The network that a node trains, as its kind tells it from the settings and the columns that come in. */
import { useMemo } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import type { TakesInput } from '../../../../shared/neural/layer-presets.ts';
import type { Network, NetworkInput, NetworkOutput } from '../../../../shared/neural/network.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { isReference } from '../../../../shared/pipeline/parameters.ts';
import type { AnySpec } from '../../../../shared/kind/define-spec.ts';
import type { TableSchema } from '../../../../shared/wires.ts';
import { linksOf } from '../../../../shared/pipeline/edits/ports.ts';
import { useCheck } from '../../state/runs/check.ts';
import { usePipeline } from '../../state/documents/documents.ts';

export interface KnownNetwork {
  input: NetworkInput;
  output: NetworkOutput;
  /** What only the data can tell, and what was taken for it. */
  assumed?: string | undefined;
  /** Nothing is known of what goes in: shapes are those of an example. */
  isExample: boolean;
}

const noWires: PipelineFile['wires'] = [];

export function useNetwork(node: string, takes: TakesInput): KnownNetwork {
  const kind = usePipeline((file) => file.nodes[node]?.kind);
  const params = usePipeline((file) => file.nodes[node]?.params);
  const wires = usePipeline((file) => file.wires) ?? noWires;
  const schemas = useCheck((result) => result?.schemas);
  return useMemo(() => {
    const spec = specs.get(kind ?? '');
    const described = spec && describeNetwork(spec, params ?? {}, inputsOf(node, wires, schemas ?? {}));
    return described === undefined
      ? { ...examples[takes], isExample: true }
      : {
          input: described.network.input,
          output: described.network.output,
          assumed: described.assumed,
          isExample: false,
        };
  }, [kind, params, wires, schemas, node, takes]);
}

function inputsOf(
  node: string,
  wires: PipelineFile['wires'],
  schemas: Readonly<Record<string, TableSchema>>,
): Record<string, TableSchema | undefined> {
  return Object.fromEntries(
    linksOf({ wires })
      .filter((link) => link.to.node === node)
      .map((link) => [link.to.port, schemas[`${link.from.node}.${link.from.port}`]]),
  );
}

/** What the kind says with the settings that can be read; those that cannot (yet) are at their defaults. */
function describeNetwork(
  spec: AnySpec,
  params: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, TableSchema | undefined>>,
): { network: Network; assumed?: string } | undefined {
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => !isReference(value)));
  const parsed = spec.params.safeParse(given);
  if (parsed.success) return spec.network?.(parsed.data, inputs);
  const wrong = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
  const readable = spec.params.safeParse(
    Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))),
  );
  return readable.success ? spec.network?.(readable.data, inputs) : undefined;
}

const classes: NetworkOutput = { kind: 'classes', count: 2 };
const examples: Readonly<Record<TakesInput, { input: NetworkInput; output: NetworkOutput }>> = {
  table: { input: { kind: 'table', numbers: 10, categories: [] }, output: classes },
  image: { input: { kind: 'image', channels: 1, height: 28, width: 28 }, output: classes },
  series: { input: { kind: 'series', length: 64, channels: 1 }, output: classes },
  tokens: { input: { kind: 'tokens', length: 64, vocabulary: 5000 }, output: classes },
  again: {
    input: { kind: 'table', numbers: 10, categories: [] },
    output: { kind: 'input-again', loss: 'squared' },
  },
};
