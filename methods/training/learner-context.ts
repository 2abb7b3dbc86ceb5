/** What a learner is given, and what a person set. */
import type { TableInput, TaskType, Watch } from '../../shared/capabilities.ts';
import type { ColumnRule } from '../../shared/spec/fields.ts';

export interface LearnerSettings {
  target: string;
  columns: ColumnRule;
  task: 'auto' | TaskType;
  /** A linear model has no rule for missing values; a network reads texts too; a constant reads nothing. */
  features: 'with-missing' | 'with-texts' | 'without-missing' | 'none';
}

export interface LearnerContext extends Watch {
  node: string;
  table: (port: string) => TableInput;
}
