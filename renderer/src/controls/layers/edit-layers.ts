/** Edits of a list of layers: each gives a new list. A place is a layer of the list, or one inside a residual block. */
import { layer as layerSchema, simpleLayer, type Layer, type LayerName } from '../../../../shared/neural/network.ts';

export interface Place {
  at: number;
  /** Inside the residual block at `at`. */
  inner?: number;
}
export const samePlace = (a: Place, b: Place): boolean => a.at === b.at && a.inner === b.inner;
export const placeName = ({ at, inner }: Place): string =>
  inner === undefined ? `${at + 1}` : `${at + 1}.${inner + 1}`;

export function layerAt(layers: readonly Layer[], { at, inner }: Place): Layer | undefined {
  const one = layers[at];
  return inner === undefined ? one : one?.layer === 'residual' ? one.layers[inner] : undefined;
}

export const replaceLayer = (layers: readonly Layer[], place: Place, next: Layer): Layer[] =>
  change(layers, place, (list, index) => list.toSpliced(index, 1, next));
export const removeLayer = (layers: readonly Layer[], place: Place): Layer[] =>
  change(layers, place, (list, index) => list.toSpliced(index, 1));
/** Behind the place; the place of the new one is the next. */
export const insertAfter = (layers: readonly Layer[], place: Place, added: Layer): Layer[] =>
  change(layers, place, (list, index) => list.toSpliced(index + 1, 0, added));

/** To another place of the same list: among all layers, or inside its block. */
export function moveLayer(layers: readonly Layer[], place: Place, to: number): { layers: Layer[]; place: Place } {
  const moving = layerAt(layers, place);
  const length = place.inner === undefined ? layers.length : blockLength(layers, place.at);
  const target = Math.max(0, Math.min(length - 1, to));
  if (moving === undefined) return { layers: [...layers], place };
  return {
    layers: change(layers, place, (list, index) => list.toSpliced(index, 1).toSpliced(target, 0, moving)),
    place: place.inner === undefined ? { at: target } : { at: place.at, inner: target },
  };
}

/** The place that has the focus after the layer at `place` is gone. */
export function afterRemoval(layers: readonly Layer[], place: Place): Place | undefined {
  if (place.inner !== undefined) {
    const left = blockLength(layers, place.at) - 1;
    return left > 0 ? { at: place.at, inner: Math.min(place.inner, left - 1) } : { at: place.at };
  }
  return layers.length > 1 ? { at: Math.min(place.at, layers.length - 2) } : undefined;
}

function blockLength(layers: readonly Layer[], at: number): number {
  const one = layers[at];
  return one?.layer === 'residual' ? one.layers.length : 0;
}

function change(
  layers: readonly Layer[],
  { at, inner }: Place,
  edit: (list: readonly Layer[], index: number) => Layer[],
): Layer[] {
  if (inner === undefined) return edit(layers, at);
  return layers.map((one, i) => {
    if (i !== at || one.layer !== 'residual') return one;
    return { ...one, layers: edit(one.layers, inner).flatMap((l) => (l.layer === 'residual' ? [] : [l])) };
  });
}

/** A layer as a person would want it first, for the shape that it gets. */
export function newLayer(name: LayerName, shape: readonly number[]): Layer {
  const last = shape.at(-1) ?? 1;
  const first: Partial<Record<LayerName, object>> = {
    dense: { units: 64, activation: 'relu' },
    conv2d: { filters: 32, activation: 'relu' },
    conv1d: { filters: 32, kernel: 5, activation: 'relu' },
    activation: { activation: 'relu' },
    embedding: { size: 64 },
    recurrent: { units: 64 },
    reshape: { shape: shape.length > 0 ? shape : [1] },
    attention: { heads: sharedHeads(last) },
    transformer: { heads: sharedHeads(last) },
    residual: { layers: [sameShape(shape)] },
  };
  return layerSchema.parse({ layer: name, ...first[name] });
}
/** Gives the shape that it gets, so that a way around it can be added. */
function sameShape(shape: readonly number[]): object {
  const last = shape.at(-1) ?? 1;
  if (shape.length === 3) return { layer: 'conv2d', filters: shape[0] ?? 1, activation: 'relu' };
  if (shape.length === 2) return { layer: 'conv1d', filters: last, kernel: 5, activation: 'relu' };
  return { layer: 'dense', units: last, activation: 'relu' };
}
const sharedHeads = (channels: number): number => [4, 2].find((heads) => channels % heads === 0) ?? 1;

export const layerNames: readonly LayerName[] = [
  ...simpleLayer.options.map((option) => option.shape.layer.value),
  'residual',
];
