import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { form } from '../../../methods/estimators/nearest-rows/form.ts';
import { task as interval } from '../../../methods/tasks/interval/task.ts';
import { openTrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { target, columns: rule, neighbours } = context.params;
    const set = await openTrainingSet(context, {
      target,
      columns: rule,
      task: 'regression',
      features: 'without-missing',
    });
    if (set.rows < neighbours)
      throw fail('nearest-rows.too-few', {
        message: `${set.rows} training rows have no ${neighbours} neighbours.`,
        mend: 'Ask for fewer, or give more rows.',
        param: 'neighbours',
      });
    const columns = set.features.map((f) => f.name);
    const rows = await set.read('train');
    const values = await set.matrix64('train');
    await context.outputs.model('model', {
      kind: spec.kind,
      task: interval.task,
      target: set.target,
      features: columns,
      estimator: form.encode({ neighbours, columns, values, target: rows.target }),
      facts: { ...set.facts, task: interval.task, neighbours },
    });
    await context.outputs.report('report', {
      title: 'Intervals by neighbours',
      chips: [`trained on ${set.rows.toLocaleString('en')} rows`, `${neighbours} neighbours`],
      blocks: [
        { type: 'text', text: `Each row is answered by the ${neighbours} nearest training rows.`, tone: 'plain' },
      ],
    });
  },
});
