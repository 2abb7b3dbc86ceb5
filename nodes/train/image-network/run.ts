import { task } from '../../../shared/capabilities.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { settingsOf } from '../../../shared/kind/neural-learner.ts';
import { encodeNeural } from '../../../methods/estimators/neural/neural-estimator.ts';
import { openImageSet } from '../../../methods/training/learn-image-network.ts';
import { learnNetwork } from '../../../methods/training/learn-network.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const { set, column, read, input } = await openImageSet(context, params);
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
