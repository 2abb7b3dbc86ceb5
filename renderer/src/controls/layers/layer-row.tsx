import { ArrowDown, ArrowUp, GripVertical, Trash2 } from 'lucide-react';
import type { ComponentType, KeyboardEvent } from 'react';
import { layer as layerSchema, type Layer } from '../../../../shared/neural/network.ts';
import type { LayerFacts, LayerProblem } from '../../../../shared/neural/describe-network.ts';
import type { ControlProps } from '../control.ts';
import type { FormField } from '../form-field.ts';
import { sayCount } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import { IconButton } from '../../theme/button.tsx';
import { Icon } from '../../theme/icon.tsx';
import { placeName, type Place } from './edit-layers.ts';
import { fieldsOfLayer } from './layer-fields.ts';
import { nameOfLayer, sayLayer, sayShape } from './layer-words.ts';
import styles from './layers.module.css';
import type { HandleEvents } from './use-row-drag.ts';

export interface LayerRowProps {
  place: Place;
  layer: Layer;
  facts: LayerFacts | undefined;
  problem: LayerProblem | undefined;
  isOpen: boolean;
  /** It is held by the pointer, or something held would fall before or behind it. */
  drag: 'held' | 'before' | 'behind' | undefined;
  handle: HandleEvents;
  Nested: ComponentType<ControlProps>;
  node: string;
  onToggle: () => void;
  onChange: (layer: Layer) => void;
  onMove: (step: 1 | -1) => void;
  onRemove: () => void;
  onWalk: (step: 1 | -1) => void;
}

/** One layer: its place, what it does, the shape that it gives and how much it learns; opened, its settings. */
export function LayerRow(props: LayerRowProps) {
  const { place, layer, facts, problem, isOpen, drag, handle } = props;
  const name = nameOfLayer(layer);
  const id = `layer-${props.node}-${placeName(place)}`;
  return (
    <li
      className={styles.row}
      data-layer={placeName(place)}
      data-at={place.at}
      data-inner={place.inner}
      data-drag={drag}
      data-problem={problem !== undefined || undefined}
    >
      <div className={styles.face}>
        <span className={styles.handle} title={t('layers.drag', { name })} aria-hidden {...handle}>
          <Icon of={GripVertical} size={12} />
        </span>
        <button
          type="button"
          className={styles.open}
          data-layer-button
          aria-expanded={isOpen}
          aria-controls={id}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete"
          onClick={props.onToggle}
          onKeyDown={(event) => onKeys(event, props)}
        >
          <span className={styles.place}>{placeName(place)}</span>
          <b>{name}</b>
          <small>{sayLayer(layer)}</small>
          <span className={styles.shape}>{facts === undefined ? '–' : sayShape(facts.shape)}</span>
          <span className={styles.count}>
            {facts === undefined || facts.parameters === 0 ? '' : sayCount(facts.parameters)}
          </span>
        </button>
      </div>
      {problem !== undefined && (
        <p className={styles.problem} role="note">
          {problem.message} {problem.mend}
        </p>
      )}
      {isOpen && (
        <div id={id} className={styles.form} role="group" aria-label={`${name} ${placeName(place)}`}>
          <p>{t(`layers.about.${layer.layer}`)}</p>
          {fieldsOfLayer(layer.layer).map((field) => (
            <LayerField key={field.name} field={field} {...props} />
          ))}
          <div className={styles.tools}>
            <IconButton
              size="small"
              icon={ArrowUp}
              iconSize={13}
              label={t('layers.moveUp')}
              onPress={() => props.onMove(-1)}
            />
            <IconButton
              size="small"
              icon={ArrowDown}
              iconSize={13}
              label={t('layers.moveDown')}
              onPress={() => props.onMove(1)}
            />
            <IconButton
              size="small"
              icon={Trash2}
              iconSize={13}
              label={t('layers.remove', { name })}
              onPress={props.onRemove}
            />
          </div>
        </div>
      )}
    </li>
  );
}

function onKeys(event: KeyboardEvent, { onWalk, onMove, onRemove }: LayerRowProps): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : undefined;
  if (step !== undefined) (event.altKey ? onMove : onWalk)(step);
  else if (event.key === 'Delete' || event.key === 'Backspace') onRemove();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function LayerField({ field, layer, Nested, node, onChange, place }: LayerRowProps & { field: FormField }) {
  const value: unknown = Object.entries(layer).find(([name]) => name === field.name)?.[1];
  const isList = field.meta.widget === 'text';
  const change = (next: unknown): void => {
    const read = isList ? readShape(next) : next;
    const { [field.name]: _, ...rest }: Record<string, unknown> = { ...layer };
    const parsed = layerSchema.safeParse(read === null ? rest : { ...rest, [field.name]: read });
    if (parsed.success) onChange(parsed.data);
  };
  return (
    <div className={styles.field}>
      <span aria-hidden>{field.meta.title}</span>
      <Nested
        field={field}
        value={isList && Array.isArray(value) ? value.join(' × ') : (value ?? null)}
        node={node}
        label={`${field.meta.title}, ${nameOfLayer(layer)} ${placeName(place)}`}
        onChange={change}
      />
    </div>
  );
}

/** "4 × 7 × 7", "4,7,7": whatever stands between the numbers. */
const readShape = (text: unknown): number[] =>
  String(text)
    .split(/\D+/)
    .filter((part) => part !== '')
    .map(Number);
