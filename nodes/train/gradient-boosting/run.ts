import { task } from '../../../shared/capabilities.ts';
import { learnBoosting } from '../../../methods/training/learn-boosting.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns, task: wanted, ...settings } = context.params;
    const set = await openTrainingSet(context, { target, columns, task: wanted, features: 'with-missing' });
    const learnt = await learnBoosting(context, set, settings);
    await context.outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features: set.features.map((f) => f.name),
      estimator: learnt.estimator,
      facts: { ...set.facts, ...learnt.facts },
    });
    await context.outputs.report('report', { title: 'Gradient boosting', chips: learnt.chips, blocks: learnt.blocks });
  },
});
