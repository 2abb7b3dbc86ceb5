import { task } from '../../../shared/capabilities.ts';
import { learnBoosting } from '../../../methods/training/learn-boosting.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { writeLearnt } from '../../../methods/training/write-learnt.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns, task: wanted, ...settings } = context.params;
    const set = await openTrainingSet(context, { target, columns, task: wanted, features: 'with-missing' });
    const learnt = await learnBoosting(context, set, settings);
    await writeLearnt(context, { kind: spec.kind, title: 'Gradient boosting' }, set, learnt);
  },
});
