import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { NetworkInput } from '../../../shared/neural/network.ts';
import type { StepFacts } from '../../../shared/neural/neural-service.ts';
import type { SurfaceBlock } from '../../../shared/report.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { firstWeights, framesOf, stepCharts, tilesOf, watchNetwork } from '../../../methods/training/watch-network.ts';
import { planeColumns, spec } from './spec.ts';

/** Places of the plane in each direction. */
const side = 32;
const mostPoints = 400;
const input: NetworkInput = { kind: 'table', numbers: 2, categories: [] };

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const plane = planeColumns(params, context.table('rows').columns);
    if (plane === undefined)
      throw fail('train.no-plane', {
        message: 'A plane needs two columns of numbers beside the target.',
        mend: 'Wire a table that has them.',
        param: 'x',
      });
    const set = await openTrainingSet(context, {
      target: params.target,
      columns: { by: 'names', names: [...plane] },
      task: 'classification',
      features: 'with-missing',
    });
    const { target } = await set.read('train');
    const axes = scaledAxes(await set.matrix64('train'));
    const seen = await watchNetwork(context, {
      network: {
        input,
        layers: resolveLayers(params.layers, 'table', input),
        output: { kind: 'classes', count: set.classes.length },
      },
      train: { count: axes.count, numbers: axes.values, classes: Int32Array.from(target) },
      probes: { count: side * side, numbers: gridOf() },
      settings: params,
    });
    const surface = surfaceOf({ plane, axes, target, classes: set.classes.map(String) });
    await outputs.report('report', {
      title: 'Training, step by step',
      chips: [`${axes.count} rows`, `${set.classes.length} classes`, `${seen.length} looks`],
      blocks: [
        framesOf(seen, 'The plane while it learns', (facts) => [surface(facts), ...insideOf(facts)]),
        ...stepCharts(seen),
      ],
    });
  },
});

interface Axes {
  count: number;
  /** Standardised, gaps at the mean: [count, 2]. */
  values: Float32Array;
  mean: [number, number];
  sd: [number, number];
}

function scaledAxes(raw: Float64Array): Axes {
  const count = raw.length / 2;
  const facts = [0, 1].map((axis) => {
    const known = Array.from({ length: count }, (_, i) => raw[2 * i + axis] ?? Number.NaN).filter(Number.isFinite);
    const mean = known.reduce((sum, v) => sum + v, 0) / Math.max(1, known.length);
    const sd = Math.sqrt(known.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, known.length)) || 1;
    return { mean, sd };
  });
  const [a = { mean: 0, sd: 1 }, b = { mean: 0, sd: 1 }] = facts;
  const values = Float32Array.from(raw, (v, i) => {
    const { mean, sd } = i % 2 === 0 ? a : b;
    return Number.isFinite(v) ? (v - mean) / sd : 0;
  });
  return { count, values, mean: [a.mean, b.mean], sd: [a.sd, b.sd] };
}

/** Three deviations to each side: nearly all rows. The lowest y first. */
const reach = 3;
const at = (i: number): number => -reach + (2 * reach * (i + 0.5)) / side;
const gridOf = (): Float32Array =>
  Float32Array.from({ length: side * side * 2 }, (_, i) => {
    const place = Math.floor(i / 2);
    return i % 2 === 0 ? at(place % side) : at(Math.floor(place / side));
  });

interface Drawn {
  plane: readonly [string, string];
  axes: Axes;
  target: Float64Array;
  classes: string[];
}

function surfaceOf({ plane, axes, target, classes }: Drawn): (facts: StepFacts) => SurfaceBlock {
  const every = Math.max(1, Math.ceil(axes.count / mostPoints));
  const shown = Array.from({ length: axes.count }, (_, i) => i).filter((i) => i % every === 0);
  const value = (axis: 0 | 1, scaled: number): number =>
    Number((axes.mean[axis] + scaled * axes.sd[axis]).toPrecision(4));
  const span = (axis: 0 | 1) => ({ title: plane[axis], from: value(axis, -reach), to: value(axis, reach) });
  const points = {
    x: shown.map((i) => value(0, axes.values[2 * i] ?? 0)),
    y: shown.map((i) => value(1, axes.values[2 * i + 1] ?? 0)),
    class: shown.map((i) => target[i] ?? 0),
  };
  return ({ outputs, step }) => {
    const width = outputs?.width ?? 1;
    const places = Array.from({ length: side * side }, (_, i) =>
      likeliest(outputs?.values.subarray(i * width, (i + 1) * width) ?? new Float32Array(1)),
    );
    return {
      type: 'surface',
      title: 'Decision surface',
      x: span(0),
      y: span(1),
      columns: side,
      rows: side,
      classes,
      winner: places.map((p) => p.index),
      sure: places.map((p) => p.share),
      points,
      caption: `What the network answers at each place after step ${step}; the stronger the colour, the surer it is.`,
    };
  };
}

function likeliest(probabilities: Float32Array): { index: number; share: number } {
  let index = 0;
  probabilities.forEach((p, i) => {
    if (p > (probabilities[index] ?? 0)) index = i;
  });
  return { index, share: Number((probabilities[index] ?? 0).toFixed(2)) };
}

/** What each unit of the first layer gives over the plane, and the weights and gradients that make it. */
function insideOf({ activations, weights, gradients }: StepFacts) {
  const first = activations?.[0];
  const units = first?.shape.length === 1 ? (first.shape[0] ?? 0) : 0;
  const weight = firstWeights(weights, 2);
  const gradient = firstWeights(gradients, 2);
  const table = (tensor: typeof weight) =>
    tensor === undefined
      ? []
      : [{ label: tensor.name, rows: tensor.shape[0] ?? 0, columns: tensor.shape[1] ?? 0, values: tensor.values }];
  return [
    ...(first === undefined || units === 0
      ? []
      : [
          tilesOf(
            'Units of the first layer',
            'What each unit gives over the plane.',
            Array.from({ length: units }, (_, unit) => ({
              label: String(unit + 1),
              rows: side / 2,
              columns: side / 2,
              // Every other place, the highest y on top: a small picture shows no more.
              values: Array.from({ length: (side / 2) ** 2 }, (__, i) => {
                const row = side - 1 - 2 * Math.floor(i / (side / 2));
                return first.values[(row * side + 2 * (i % (side / 2))) * units + unit] ?? 0;
              }),
            })),
          ),
        ]),
    tilesOf('Weights of the first layer', 'A row an input, a column a unit.', table(weight)),
    tilesOf('Their gradients', 'Where each weight would go down from here, the other way round.', table(gradient)),
  ];
}
