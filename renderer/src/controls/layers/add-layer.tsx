import { Plus } from 'lucide-react';
import { describeNetwork } from '../../../../shared/neural/describe-network.ts';
import type { Layer, LayerName, Network } from '../../../../shared/neural/network.ts';
import { t } from '../../text/t.ts';
import { Button } from '../../theme/button.tsx';
import { MenuButton, type MenuEntry } from '../../theme/menu.tsx';
import { insertAfter, layerNames, newLayer, type Place } from './edit-layers.ts';

/** A menu of the layers that fit behind a place; those that do not say so and cannot be chosen. */
export function AddLayer({
  network,
  after,
  onAdd,
  label,
}: {
  network: Network;
  after: Place;
  onAdd: (layer: Layer) => void;
  label: string;
}) {
  const entries = layerNames
    .filter((name) => after.inner === undefined || name !== 'residual')
    .map((name): MenuEntry & { disabled: boolean } => {
      const { layer, fits } = candidate(network, after, name);
      return {
        id: name,
        title: t(`layers.names.${name}`),
        disabled: !fits,
        ...(fits ? {} : { about: t('layers.doesNotFit') }),
        run: () => onAdd(layer),
      };
    })
    .sort((a, b) => Number(a.disabled) - Number(b.disabled));
  return (
    <MenuButton label={label} entries={entries}>
      <Button size="small" icon={Plus} iconSize={12} aria-label={label}>
        {t(after.inner === undefined ? 'layers.add' : 'layers.addInside')}
      </Button>
    </MenuButton>
  );
}

/** What the layer would be there, and whether it takes what comes. What follows it may not fit any more: that is told at its row. */
function candidate(network: Network, after: Place, name: LayerName): { layer: Layer; fits: boolean } {
  const { at, inner } = after;
  const before = network.layers.slice(0, inner === undefined ? at + 1 : at);
  const facts = describeNetwork({ ...network, layers: before });
  const whole = describeNetwork(network).layers[at]?.inner;
  const reached = facts.layers.at(-1)?.shape ?? facts.input.shape;
  const shape = inner === undefined ? reached : (whole?.[inner]?.shape ?? reached);
  const layer = newLayer(name, shape);
  const kept = inner === undefined ? before : network.layers.slice(0, at + 1);
  const { problem } = describeNetwork({ ...network, layers: insertAfter(kept, after, layer) });
  const isItsOwn =
    problem !== undefined &&
    (inner === undefined ? problem.layer === at + 1 : problem.layer === at && problem.inner === inner + 1);
  return { layer, fits: !isItsOwn };
}
