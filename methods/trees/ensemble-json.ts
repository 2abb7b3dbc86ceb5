/** The saved form of an ensemble: JSON with the nodes of all trees in little-endian arrays as base64. The same model has the same text. */
import { fail } from '../../shared/errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { Objective, Tree, TreeEnsemble } from './ensemble.ts';

// A type, not an interface: so it fits where any JSON value is wanted.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type TreeEnsembleJson = {
  readonly format: 'flowyard-trees';
  readonly version: 1;
  readonly objective: Objective;
  readonly columns: number;
  readonly outputs: number;
  readonly baseScores: readonly number[];
  /** Nodes of each tree. */
  readonly sizes: readonly number[];
  /** Int32. */
  readonly feature: string;
  /** Float32. */
  readonly threshold: string;
  readonly left: string;
  readonly right: string;
  /** Uint8. */
  readonly missingLeft: string;
  readonly value: string;
  readonly gain: string;
  readonly cover: string;
};

const integerFields = ['feature', 'left', 'right'] as const;
const floatFields = ['threshold', 'value', 'gain', 'cover'] as const;

export function ensembleToJson(ensemble: TreeEnsemble): TreeEnsembleJson {
  const { objective, columns, outputs, baseScores, trees } = ensemble;
  const integers = (field: (typeof integerFields)[number]): string =>
    packNumbers(
      trees.map((tree) => tree[field]),
      4,
      (view, at, value) => view.setInt32(at, value, true),
    );
  const floats = (field: (typeof floatFields)[number]): string =>
    packNumbers(
      trees.map((tree) => tree[field]),
      4,
      (view, at, value) => view.setFloat32(at, value, true),
    );
  return {
    format: 'flowyard-trees',
    version: 1,
    objective,
    columns,
    outputs,
    baseScores: [...baseScores],
    sizes: trees.map((tree) => tree.feature.length),
    feature: integers('feature'),
    threshold: floats('threshold'),
    left: integers('left'),
    right: integers('right'),
    missingLeft: packNumbers(
      trees.map((tree) => tree.missingLeft),
      1,
      (view, at, value) => view.setUint8(at, value),
    ),
    value: floats('value'),
    gain: floats('gain'),
    cover: floats('cover'),
  };
}

type Numbers = Int32Array | Float32Array | Uint8Array;

function packNumbers(
  parts: readonly Numbers[],
  size: number,
  write: (view: DataView, at: number, value: number) => void,
): string {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0) * size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts)
    for (const value of part) {
      write(view, at, value);
      at += size;
    }
  return toBase64(bytes);
}

/** Reads what `ensembleToJson` wrote. Throws `trees.bad-model` for anything from which one could not predict safely. */
export function ensembleFromJson(json: unknown): TreeEnsemble {
  if (typeof json !== 'object' || json === null) throw badModel('it is no object');
  const field = (name: string): unknown => Reflect.get(json, name);
  if (field('format') !== 'flowyard-trees' || field('version') !== 1)
    throw badModel('its format is not flowyard-trees, version 1');
  const objective = readObjective(field('objective'));
  const columns = readCount('columns', field('columns'));
  const outputs = readCount('outputs', field('outputs'));
  const baseScores = readNumbers('baseScores', field('baseScores'), outputs);
  const sizes = readNumbers('sizes', field('sizes'));
  if (sizes.length % outputs !== 0 || !sizes.every((size) => Number.isInteger(size) && size >= 1))
    throw badModel('the sizes of its trees are wrong');
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const words = (name: string): DataView => readBytes(name, field(name), total * 4);
  const all = {
    feature: Int32Array.from(numbersOf(words('feature'), total, (view, i) => view.getInt32(i * 4, true))),
    threshold: Float32Array.from(numbersOf(words('threshold'), total, (view, i) => view.getFloat32(i * 4, true))),
    left: Int32Array.from(numbersOf(words('left'), total, (view, i) => view.getInt32(i * 4, true))),
    right: Int32Array.from(numbersOf(words('right'), total, (view, i) => view.getInt32(i * 4, true))),
    missingLeft: Uint8Array.from(
      numbersOf(readBytes('missingLeft', field('missingLeft'), total), total, (view, i) => view.getUint8(i)),
    ),
    value: Float32Array.from(numbersOf(words('value'), total, (view, i) => view.getFloat32(i * 4, true))),
    gain: Float32Array.from(numbersOf(words('gain'), total, (view, i) => view.getFloat32(i * 4, true))),
    cover: Float32Array.from(numbersOf(words('cover'), total, (view, i) => view.getFloat32(i * 4, true))),
  };
  let start = 0;
  const trees = sizes.map((size) => {
    const [from, to] = [start, start + size];
    start = to;
    return checkTree(
      {
        feature: all.feature.slice(from, to),
        threshold: all.threshold.slice(from, to),
        left: all.left.slice(from, to),
        right: all.right.slice(from, to),
        missingLeft: all.missingLeft.slice(from, to),
        value: all.value.slice(from, to),
        gain: all.gain.slice(from, to),
        cover: all.cover.slice(from, to),
      },
      columns,
    );
  });
  return { objective, columns, outputs, baseScores, trees };
}

const badModel = (what: string): Error =>
  fail('trees.bad-model', { message: `The saved trees cannot be read: ${what}.`, mend: 'Train the model again.' });

function readObjective(value: unknown): Objective {
  if (value === 'logistic' || value === 'softmax' || value === 'squared-error') return value;
  throw badModel(`there is no objective ${String(value)}`);
}

function readCount(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw badModel(`${name} is ${String(value)}`);
}

function readNumbers(name: string, value: unknown, length?: number): number[] {
  const numbers = Array.isArray(value) ? value.filter((item) => typeof item === 'number') : undefined;
  if (!Array.isArray(value) || !numbers || numbers.length !== value.length || (length ?? value.length) !== value.length)
    throw badModel(`${name} is no list of ${length ?? ''} numbers`);
  return numbers;
}

function readBytes(name: string, value: unknown, length: number): DataView {
  const bytes = typeof value === 'string' ? fromBase64(value) : undefined;
  if (bytes?.length !== length) throw badModel(`${name} does not hold ${length} bytes`);
  return new DataView(bytes.buffer);
}

const numbersOf = (view: DataView, count: number, read: (view: DataView, i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => read(view, i));

/** Children come after their parents, so every walk ends. */
function checkTree(tree: Tree, columns: number): Tree {
  const size = tree.feature.length;
  const isSound = tree.feature.every((feature, node) => {
    if (feature === -1) return Number.isFinite(tree.value[node]);
    const isChild = (child: number | undefined): boolean => child !== undefined && child > node && child < size;
    return (
      feature >= 0 &&
      feature < columns &&
      !Number.isNaN(tree.threshold[node]) &&
      isChild(tree.left[node]) &&
      isChild(tree.right[node])
    );
  });
  if (!isSound) throw badModel('a node points outside its tree or its columns');
  return tree;
}
