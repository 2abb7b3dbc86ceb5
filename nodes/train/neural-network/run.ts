import { task } from '../../../shared/capabilities.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { settingsOf } from '../../../shared/kind/neural-learner.ts';
import { encodeNeural } from '../../../methods/estimators/neural/neural-estimator.ts';
import { encodedColumns } from '../../../methods/neural-inputs/encoding.ts';
import { learnNetwork } from '../../../methods/training/learn-network.ts';
import { readTable, tableInput } from '../../../methods/training/learn-table-network.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { trainingChips } from '../../../methods/training/training-report.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, outputs } = context;
    const set = await openTrainingSet(context, {
      target: params.target,
      columns: params.columns,
      task: params.task,
      features: 'with-texts',
    });
    const table = await readTable(context, set, 'codes');
    const input = tableInput(table.encoding);
    const learnt = await learnNetwork(
      context,
      {
        learns: set.learns,
        classes: set.classes,
        positive: set.positive,
        input,
        layers: resolveLayers(params.layers, 'table', input),
        settings: settingsOf(params),
        device: params.device,
        validation: params.validation,
      },
      async (partition) => ({ rows: await table.rows(partition), target: await set.read(partition) }),
    );
    const { trained, answer } = learnt;
    const features = encodedColumns(table.encoding);
    await outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features: [...features.numbers, ...features.texts],
      ...encodeNeural({
        form: 'neural',
        encoding: table.encoding,
        network: trained.network,
        weights: trained.weights,
        answer,
      }),
      facts: { ...set.facts, ...learnt.facts },
    });
    await outputs.report('report', {
      title: 'Neural network',
      chips: [...trainingChips(set), ...learnt.chips],
      blocks: learnt.blocks,
    });
  },
});
