import { useEffect, useId, useRef, useState } from 'react';
import { describeNetwork, type NetworkFacts } from '../../../../shared/neural/describe-network.ts';
import {
  layersSetting,
  presetsFor,
  takenOf,
  resolveLayers,
  type LayersSetting,
  type TakesInput,
} from '../../../../shared/neural/layer-presets.ts';
import type { Layer } from '../../../../shared/neural/network.ts';
import type { NestingControlProps } from '../control.ts';
import { announce } from '../../theme/announce.ts';
import { sayBytes, sayCount } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import { Select } from '../../theme/choice.tsx';
import { AddLayer } from './add-layer.tsx';
import {
  afterRemoval,
  insertAfter,
  layerAt,
  moveLayer,
  placeName,
  removeLayer,
  replaceLayer,
  samePlace,
  type Place,
} from './edit-layers.ts';
import { LayerRow } from './layer-row.tsx';
import { nameOfLayer, sayAnswer, sayShape } from './layer-words.ts';
import styles from './layers.module.css';
import { useNetwork, type KnownNetwork } from './use-network.ts';
import { useRowDrag } from './use-row-drag.ts';

const takesAll = ['table', 'image', 'series', 'tokens', 'again'] as const satisfies readonly TakesInput[];
const ownId = 'own';

/** The layers of a network: presets first; what a person changes in the list makes it their own. */
export function LayersControl(props: NestingControlProps) {
  const { field, value, onChange, label, node } = props;
  const declared = takesAll.find((one) => one === field.meta['takes']) ?? 'table';
  const known = useNetwork(node, declared);
  const takes = takenOf(declared, known.input);
  const presets = presetsFor(takes);
  const read = layersSetting.safeParse(value);
  const setting: LayersSetting = read.success ? read.data : { preset: presets[0]?.id ?? '' };
  const layers = resolveLayers(setting, takes, known.input);
  const preset = 'preset' in setting ? setting.preset : undefined;
  const change = (next: readonly Layer[]): void => onChange({ layers: JSON.parse(JSON.stringify(next)) });
  return (
    <div className={styles.layers}>
      <Select
        label={label}
        layout="bare"
        value={preset ?? ownId}
        onChange={(id) => (id === ownId ? change(layers) : onChange({ preset: id }))}
        options={[...presets.map(({ id, title }) => ({ id, title })), { id: ownId, title: t('layers.own') }]}
      />
      <p className={styles.about}>{presets.find(({ id }) => id === preset)?.about ?? t('layers.ownAbout')}</p>
      <LayerList {...props} layers={layers} known={known} change={change} />
    </div>
  );
}

interface LayerListProps extends NestingControlProps {
  layers: readonly Layer[];
  known: KnownNetwork;
  change: (layers: readonly Layer[]) => void;
}

// Over 80 lines: one list: adding, moving and removing share its focus.
function LayerList({ layers, known, change, node, Nested }: LayerListProps) {
  const [open, setOpen] = useState<Place | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const listId = useId();
  const focus = useFocusPlace(list);
  const network = { input: known.input, output: known.output, layers: [...layers] };
  const facts = describeNetwork(network);
  const move = (place: Place, to: number): void => {
    const moved = moveLayer(layers, place, to);
    if (samePlace(moved.place, place)) return;
    change(moved.layers);
    focus.next(moved.place);
    if (open !== null && samePlace(open, place)) setOpen(moved.place);
    announce(t('layers.moved', { name: nameAt(layers, place), place: placeName(moved.place) }));
  };
  const { held, handle } = useRowDrag(list, move);
  const remove = (place: Place): void => {
    // A block needs a layer inside: without its last it goes as a whole.
    const isLast = place.inner === 0 && layerAt(layers, { at: place.at, inner: 1 }) === undefined;
    const gone = isLast ? { at: place.at } : place;
    change(removeLayer(layers, gone));
    setOpen(null);
    focus.next(afterRemoval(layers, gone));
    announce(t('layers.removed', { name: nameAt(layers, place) }));
  };
  const add = (after: Place, layer: Layer): void => {
    const place: Place = after.inner === undefined ? { at: after.at + 1 } : { at: after.at, inner: after.inner + 1 };
    change(insertAfter(layers, after, layer));
    setOpen(place);
    focus.next(place);
    announce(t('layers.added', { name: nameOfLayer(layer), place: placeName(place) }));
  };
  const row = (place: Place, layer: Layer) => (
    <LayerRow
      key={placeName(place)}
      place={place}
      layer={layer}
      facts={factsAt(facts, place)}
      problem={problemAt(facts, place)}
      isOpen={open !== null && samePlace(open, place)}
      drag={dragOf(held, place)}
      handle={handle(place)}
      Nested={Nested}
      node={node}
      onToggle={() => setOpen(open !== null && samePlace(open, place) ? null : place)}
      onChange={(next) => change(replaceLayer(layers, place, next))}
      onMove={(step) => move(place, (place.inner ?? place.at) + step)}
      onRemove={() => remove(place)}
      onWalk={(step) => focus.walk(step)}
    />
  );
  return (
    <>
      <span id={`${listId}-keys`} className="visually-hidden">
        {t('layers.keys')}
      </span>
      <End name={t('layers.input')} shape={facts.input.shape} parameters={facts.input.parameters} />
      {layers.length === 0 && <p className={styles.none}>{t('layers.empty')}</p>}
      <ol ref={list} className={styles.list} aria-label={t('layers.list')} aria-describedby={`${listId}-keys`}>
        {layers.flatMap((layer, at) => [
          row({ at }, layer),
          ...(layer.layer === 'residual'
            ? [
                ...layer.layers.map((one, inner) => row({ at, inner }, one)),
                <li key={`${at} add`} className={styles.addInside}>
                  <AddLayer
                    network={network}
                    after={{ at, inner: layer.layers.length - 1 }}
                    label={t('layers.addAfter', { name: `${nameOfLayer(layer)} ${at + 1}` })}
                    onAdd={(added) => add({ at, inner: layer.layers.length - 1 }, added)}
                  />
                </li>,
              ]
            : []),
        ])}
      </ol>
      <Answer facts={facts} known={known} />
      <AddLayer
        network={network}
        after={{ at: open?.at ?? layers.length - 1 }}
        label={open === null ? t('layers.add') : t('layers.addAfter', { name: nameAt(layers, { at: open.at }) })}
        onAdd={(added) => add({ at: open?.at ?? layers.length - 1 }, added)}
      />
    </>
  );
}

const nameAt = (layers: readonly Layer[], place: Place): string => {
  const layer = layerAt(layers, place);
  return layer === undefined ? '' : `${nameOfLayer(layer)} ${placeName(place)}`;
};
const factsAt = (facts: NetworkFacts, { at, inner }: Place) =>
  inner === undefined ? facts.layers[at] : facts.layers[at]?.inner?.[inner];
const problemAt = ({ problem }: NetworkFacts, { at, inner }: Place) =>
  problem !== undefined && problem.layer === at && problem.inner === inner ? problem : undefined;
function dragOf(held: { place: Place; to: number } | null, place: Place): 'held' | 'before' | 'behind' | undefined {
  if (held === null) return undefined;
  if (samePlace(held.place, place)) return 'held';
  const isSibling = held.place.inner === undefined ? place.inner === undefined : held.place.at === place.at;
  const [from, index] = [held.place.inner ?? held.place.at, place.inner ?? place.at];
  if (!isSibling || (held.place.inner !== undefined && place.inner === undefined) || index !== held.to)
    return undefined;
  return held.to < from ? 'before' : 'behind';
}

function End({
  name,
  shape,
  parameters,
  about,
}: {
  name: string;
  shape: readonly number[];
  parameters: number;
  about?: string;
}) {
  return (
    <div className={styles.end}>
      <b>{name}</b>
      <small>{about}</small>
      <span className={styles.shape}>{sayShape(shape)}</span>
      <span className={styles.count}>{parameters === 0 ? '' : sayCount(parameters)}</span>
    </div>
  );
}

function Answer({ facts, known }: { facts: NetworkFacts; known: KnownNetwork }) {
  const { head, problem } = facts;
  return (
    <>
      <End
        name={t('layers.answer')}
        about={sayAnswer(known.output)}
        shape={head?.shape ?? []}
        parameters={head?.parameters ?? 0}
      />
      {problem !== undefined && problem.layer === null && (
        <p className={styles.problem} role="note">
          {problem.message} {problem.mend}
        </p>
      )}
      <p className={styles.total} role="status">
        <b>{t('layers.parameters', { count: facts.parameters, shown: sayCount(facts.parameters) })}</b>
        <span>{t('layers.memory', { bytes: sayBytes(facts.parameters * 4) })}</span>
      </p>
      {(known.isExample || known.assumed !== undefined) && (
        <p className={styles.about}>{known.isExample ? t('layers.unknown') : known.assumed}</p>
      )}
    </>
  );
}

/** The focus goes with a layer that moves, and to its neighbour when it is gone. */
function useFocusPlace(list: React.RefObject<HTMLElement | null>) {
  const wanted = useRef<Place | undefined>(undefined);
  useEffect(() => {
    const place = wanted.current;
    if (place === undefined) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-layer="${placeName(place)}"] [data-layer-button]`);
    if (!button) return;
    wanted.current = undefined;
    button.focus();
  });
  return {
    next: (place: Place | undefined): void => {
      wanted.current = place;
    },
    walk: (step: 1 | -1): void => {
      const buttons = [...(list.current?.querySelectorAll<HTMLElement>('[data-layer-button]') ?? [])];
      const now = buttons.findIndex((button) => button === document.activeElement);
      buttons[Math.max(0, Math.min(buttons.length - 1, now + step))]?.focus();
    },
  };
}
