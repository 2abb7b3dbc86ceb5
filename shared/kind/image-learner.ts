/** What kinds that learn from a column of images check alike, and the shapes that are shown before the images are known. */
import type { LayersSetting } from '../neural/layer-presets.ts';
import { resolveLayers } from '../neural/layer-presets.ts';
import type { Network } from '../neural/network.ts';
import type { TableSchema } from '../wires.ts';
import type { Finding } from './define-spec.ts';
import { imageColumnFindings } from './image-columns.ts';
import { checkTarget, type LearnerParams } from './learner.ts';

export const checkImageLearner = ({
  node,
  params,
  inputs,
}: {
  node: string;
  params: Pick<LearnerParams, 'target'> & { column: string };
  inputs: Readonly<Record<string, TableSchema | undefined>>;
}): Finding[] => {
  const schema = inputs['rows'];
  return schema === undefined
    ? []
    : [
        ...checkTarget(node, { ...params, columns: { by: 'all' } }, schema),
        ...imageColumnFindings(node, params.column, schema),
      ];
};

export function assumedImageNetwork({ layers }: { layers: LayersSetting }): { network: Network; assumed: string } {
  const input = { kind: 'image', channels: 1, height: 28, width: 28 } as const;
  return {
    network: { input, layers: resolveLayers(layers, 'image', input), output: { kind: 'classes', count: 10 } },
    assumed:
      'Grey images of 28 × 28 pixels and ten classes are assumed in these shapes; a run takes what the data hold.',
  };
}
