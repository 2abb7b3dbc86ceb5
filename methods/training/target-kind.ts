/** What a learner with a target learns: one of several classes, or a number. */
export type TargetKind = 'classes' | 'numbers';
/** As people choose it, and as `methods/tasks` calls it. */
export type SupervisedTask = 'classification' | 'regression';

export const taskOf: Readonly<Record<TargetKind, SupervisedTask>> = {
  classes: 'classification',
  numbers: 'regression',
};
export const kindOf: Readonly<Record<SupervisedTask, TargetKind>> = {
  classification: 'classes',
  regression: 'numbers',
};
export const sayKind: Readonly<Record<TargetKind, string>> = { classes: 'Classification', numbers: 'Regression' };
