/** What a learner of numbers gives: its model and its report. */
import type { TaskContext } from '../../shared/capabilities.ts';
import type { Learnt } from './learn-linear.ts';
import type { TrainingSet } from './training-set.ts';

export async function writeLearnt(
  { outputs }: Pick<TaskContext<unknown>, 'outputs'>,
  { kind, title }: { kind: string; title: string },
  set: TrainingSet,
  learnt: Learnt,
): Promise<void> {
  await outputs.model('model', {
    kind,
    ...set.answers,
    features: set.features.map((f) => f.name),
    estimator: learnt.estimator,
    facts: { ...set.facts, ...learnt.facts },
  });
  await outputs.report('report', { title, chips: learnt.chips, blocks: learnt.blocks });
}
