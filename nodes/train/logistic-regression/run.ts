import { task } from '../../../shared/capabilities.ts';
import { learnLogistic } from '../../../methods/training/learn-linear.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { writeLearnt } from '../../../methods/training/write-learnt.ts';
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
    await writeLearnt(context, { kind: spec.kind, title: 'Logistic regression' }, set, learnt);
  },
});
