import { task } from '../../../shared/capabilities.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { StepFacts, WeightTensor } from '../../../shared/neural/neural-service.ts';
import { openImageSet } from '../../../methods/training/learn-image-network.ts';
import { firstWeights, framesOf, stepCharts, tilesOf, watchNetwork } from '../../../methods/training/watch-network.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const { set, read, input } = await openImageSet(context, { ...params, task: 'classification' });
    const { channels, height, width } = input;
    const { rows, target } = await read.rows('train');
    const size = channels * height * width;
    const numbers = rows.numbers ?? new Float32Array(0);
    const seen = await watchNetwork(context, {
      network: {
        input,
        layers: resolveLayers(params.layers, 'image', input),
        output: { kind: 'classes', count: set.classes.length },
      },
      train: { count: rows.count, numbers, classes: Int32Array.from(target.target) },
      probes: { count: 1, numbers: numbers.slice(0, size) },
      settings: params,
    });
    const picture = { label: 'the image', rows: height, columns: width, values: numbers.subarray(0, height * width) };
    await outputs.report('report', {
      title: 'Filters, step by step',
      chips: [`${rows.count} images`, `${set.classes.length} classes`, `${seen.length} looks`],
      blocks: [
        framesOf(seen, 'The filters while they learn', (facts) => [
          tilesOf(
            'Filters of the first convolution',
            'What each looks for.',
            filtersOf(firstWeights(facts.weights, 4)),
          ),
          tilesOf(
            'Their gradients',
            'How each would change from here, the other way round.',
            filtersOf(firstWeights(facts.gradients, 4)),
          ),
          tilesOf('What they see', 'One training image through each filter.', [picture, ...mapsOf(facts)]),
        ]),
        ...stepCharts(seen),
      ],
    });
  },
});

/** [filters, channels, height, width]: each filter as the mean over its channels. */
function filtersOf(tensor: WeightTensor | undefined) {
  const [filters = 0, channels = 1, height = 0, width = 0] = tensor?.shape ?? [];
  const size = height * width;
  return Array.from({ length: filters }, (_, filter) => ({
    label: String(filter + 1),
    rows: height,
    columns: width,
    values: Array.from({ length: size }, (__, i) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += tensor?.values[(filter * channels + c) * size + i] ?? 0;
      return sum / channels;
    }),
  }));
}

/** What the first layer gives for the one image: a map a filter. */
function mapsOf({ activations }: StepFacts) {
  const first = activations?.[0];
  const [filters = 0, height = 0, width = 0] = first?.shape.length === 3 ? first.shape : [];
  const size = height * width;
  return Array.from({ length: filters }, (_, filter) => ({
    label: String(filter + 1),
    rows: height,
    columns: width,
    values: first?.values.subarray(filter * size, (filter + 1) * size) ?? [],
  }));
}
