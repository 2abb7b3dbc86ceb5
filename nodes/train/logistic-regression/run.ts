import { task } from '../../../shared/capabilities.ts';
import { learnLogistic } from '../../../methods/training/learn-linear.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns, c, classWeight } = context.params;
    const set = await openTrainingSet(context, {
      target,
      columns,
      task: 'classification',
      features: 'without-missing',
    });
    const learnt = await learnLogistic(context, set, { c, ...(classWeight === 'balanced' ? { classWeight } : {}) });
    await context.outputs.model('model', {
      kind: spec.kind,
      ...set.answers,
      features: set.features.map((f) => f.name),
      classes: set.classes,
      estimator: learnt.estimator,
      facts: { ...set.facts, ...learnt.facts },
    });
    await context.outputs.report('report', {
      title: 'Logistic regression',
      chips: learnt.chips,
      blocks: learnt.blocks,
    });
  },
});
