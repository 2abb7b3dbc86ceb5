/** What a learner is given, and what a person set. */
import type { TableInput, Watch } from '../../shared/capabilities.ts';
import type { ColumnRule } from '../../shared/kind/fields/fields.ts';
import type { SupervisedTask } from './target-kind.ts';

export interface LearnerSettings {
  target: string;
  columns: ColumnRule;
  task: 'auto' | SupervisedTask;
  /** A linear model has no rule for missing values; a network reads texts too; a constant reads nothing. */
  features: 'with-missing' | 'with-texts' | 'without-missing' | 'none';
}

export interface LearnerContext extends Watch {
  node: string;
  table: (port: string) => TableInput;
}
