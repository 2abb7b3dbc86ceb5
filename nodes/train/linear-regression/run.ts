import { task } from '../../../shared/capabilities.ts';
import { learnLeastSquares } from '../../../methods/training/learn-linear.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns, alpha } = context.params;
    const set = await openTrainingSet(context, { target, columns, task: 'regression', features: 'without-missing' });
    const learnt = await learnLeastSquares(context, set, { alpha });
    await context.outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features: set.features.map((f) => f.name),
      estimator: learnt.estimator,
      facts: { ...set.facts, ...learnt.facts },
    });
    await context.outputs.report('report', {
      title: alpha === 0 ? 'Linear regression' : 'Ridge regression',
      chips: learnt.chips,
      blocks: learnt.blocks,
    });
  },
});
