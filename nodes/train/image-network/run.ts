import { task } from '../../../shared/capabilities.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { requireImageColumn } from '../../../shared/kind/image-columns.ts';
import { settingsOf } from '../../../shared/kind/neural-learner.ts';
import { encodeNeural } from '../../../methods/estimators/neural/neural-estimator.ts';
import { readImages } from '../../../methods/training/learn-image-network.ts';
import { learnNetwork } from '../../../methods/training/learn-network.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const table = context.table('rows');
    const column = requireImageColumn(context.node, params.column, table.schema).name;
    const set = await openTrainingSet(context, {
      target: params.target,
      columns: { by: 'names', names: [] },
      task: params.task,
      features: 'none',
    });
    const read = await readImages(context, set, column);
    const { channels, height, width } = read.encoding;
    const input = { kind: 'image', channels, height, width } as const;
    const learnt = await learnNetwork(
      context,
      {
        learns: set.learns,
        classes: set.classes,
        positive: set.positive,
        input,
        layers: resolveLayers(params.layers, 'image', input),
        settings: settingsOf(params, params),
        device: params.device,
        validation: params.validation,
      },
      read.rows,
    );
    const { trained, answer } = learnt;
    await outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features: [column],
      ...encodeNeural({
        form: 'neural',
        encoding: read.encoding,
        network: trained.network,
        weights: trained.weights,
        answer,
      }),
      facts: { ...set.facts, features: [column], images: read.images, ...learnt.facts },
    });
    await outputs.report('report', {
      title: 'Image network',
      chips: [
        `trained on ${read.images.toLocaleString('en')} images`,
        ...(set.classes.length > 0 ? [`${set.classes.length} classes`] : []),
        ...learnt.chips,
      ],
      blocks: learnt.blocks,
    });
  },
});
