/** A layer and a shape in a few words, for its row. */
import { shapeWords } from '../../../../shared/neural/describe-network.ts';
import type { Layer, NetworkOutput } from '../../../../shared/neural/network.ts';
import { t, tLoose } from '../../text/t.ts';

export const nameOfLayer = (layer: Pick<Layer, 'layer'>): string => t(`layers.names.${layer.layer}`);
export const sayShape = shapeWords;

const activated = (activation: string): string[] => (activation === 'none' ? [] : [activation]);

export function sayLayer(layer: Layer): string {
  return parts(layer).join(' · ');
}
function parts(layer: Layer): string[] {
  switch (layer.layer) {
    case 'dense':
      return [`${layer.units}`, ...activated(layer.activation)];
    case 'conv2d':
      return [
        `${layer.filters} × ${layer.kernel} × ${layer.kernel}`,
        ...(layer.stride > 1 ? [`÷ ${layer.stride}`] : []),
        ...activated(layer.activation),
      ];
    case 'conv1d':
      return [
        `${layer.filters} × ${layer.kernel}`,
        ...(layer.stride > 1 ? [`÷ ${layer.stride}`] : []),
        ...activated(layer.activation),
      ];
    case 'pool':
      return [tLoose(`layers.choices.${layer.by}`), `${layer.size}`];
    case 'global-pool':
      return [tLoose(`layers.choices.${layer.by}`)];
    case 'reshape':
      return [shapeWords(layer.shape)];
    case 'dropout':
      return [`${Math.round(layer.rate * 100)} %`];
    case 'activation':
      return activated(layer.activation);
    case 'embedding':
      return [`${layer.size}`];
    case 'positional':
      return [tLoose(`layers.choices.${layer.by}`)];
    case 'attention':
    case 'transformer':
      return [t('layers.heads', { count: layer.heads })];
    case 'recurrent':
      return [layer.cell.toUpperCase(), `${layer.units}`];
    case 'flatten':
    case 'batch-norm':
    case 'layer-norm':
    case 'residual':
      return [];
  }
}

export function sayAnswer(output: NetworkOutput): string {
  return output.kind === 'input-again' || output.kind === 'similarity'
    ? t(`layers.answers.${output.kind}`)
    : t(`layers.answers.${output.kind}`, { count: output.count });
}
