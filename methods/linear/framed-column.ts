/** How columns are moved and scaled before a linear model is fitted. */
/**
 * The solvers work on (x − centre) / scale. With an unpenalised intercept that is another way to write the same problem, and it is what keeps
 * normal equations and Newton steps exact when columns are of very unlike size. Penalties are turned with it, so the solution is unchanged.
 */
export interface ColumnFrame {
  readonly centre: Float64Array;
  /** Standard deviation about the centre; 1 for a column that is all centre. */
  readonly scale: Float64Array;
  /** 1 where a column has one value in all rows that count. */
  readonly constant: Uint8Array;
}
