/** A fitted linear regression: intercept + Σ coefficients[c] · column c. */
export interface LinearModel {
  readonly task: 'regression';
  readonly columns: readonly string[];
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** A fitted logistic regression. Two classes have one row of coefficients (log-odds of the second class), more have one row a class. */
export interface LogisticModel {
  readonly task: 'classification';
  readonly classCount: number;
  readonly columns: readonly string[];
  /** Outputs × columns, row-major. */
  readonly coefficients: Float64Array;
  readonly intercepts: Float64Array;
}
