import { task } from '../../../shared/capabilities.ts';
import { learnLeastSquares } from '../../../methods/training/learn-linear.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { writeLearnt } from '../../../methods/training/write-learnt.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns, alpha } = context.params;
    const set = await openTrainingSet(context, { target, columns, task: 'regression', features: 'without-missing' });
    const learnt = await learnLeastSquares(context, set, { alpha });
    await writeLearnt(
      context,
      { kind: spec.kind, title: alpha === 0 ? 'Linear regression' : 'Ridge regression' },
      set,
      learnt,
    );
  },
});
