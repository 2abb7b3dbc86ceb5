import { task } from '../../../shared/capabilities.ts';
import { learnConstant } from '../../../methods/training/learn-constant.ts';
import { learnLeastSquares, learnLogistic } from '../../../methods/training/learn-linear.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns, strategy, constant } = context.params;
    const linear = strategy === 'linear';
    const set = await openTrainingSet(context, {
      target,
      columns,
      task: context.params.task,
      features: linear ? 'without-missing' : 'none',
    });
    const learnt = !linear
      ? await learnConstant(set, constant)
      : set.learns === 'classes'
        ? await learnLogistic(context, set, { c: 1 })
        : await learnLeastSquares(context, set, { alpha: 0 });
    await context.outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features: set.features.map((f) => f.name),
      estimator: learnt.estimator,
      facts: { ...set.facts, strategy, ...learnt.facts },
    });
    await context.outputs.report('report', { title: 'Baseline', chips: learnt.chips, blocks: learnt.blocks });
  },
});
