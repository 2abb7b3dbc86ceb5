import { breathe, type LongTask } from '../long-task.ts';
import { type Cholesky, cholesky, solveCholesky } from './cholesky.ts';
import type { LogisticObjective } from './logistic-objective.ts';

export interface NewtonOptions {
  /** Stop when no coefficient (in framed units) moves by more than this share of the largest. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Columns that no penalty holds: where each class has its own coefficients, these are fixed only up to a common shift. */
  readonly isFree: (column: number) => boolean;
  /** A factored Hessian of nearly this problem: it steps almost as well as the true one, and costs no pass over the rows. */
  readonly nearby?: Cholesky;
}

export interface NewtonResult {
  readonly coefficients: Float64Array;
  readonly loss: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Above this many coefficients, or multiplications for one Hessian, conjugate gradients go without forming it. */
const maxDirectSize = 1000;
const maxDirectWork = 5e9;

export function formsHessian({ rows, outputs, width }: LogisticObjective): boolean {
  const size = outputs * width;
  return size <= maxDirectSize && (rows * size * (size + width)) / 4 + size ** 3 / 3 <= maxDirectWork;
}

/**
 * Minimises a logistic objective by Newton's method with a backtracking line search; the step is solved by Cholesky, or for many coefficients
 * by preconditioned conjugate gradients (Dembo and Steihaug's truncated Newton). No randomness: same rows, same bytes.
 */
export async function minimiseByNewton(
  objective: LogisticObjective,
  start: Float64Array,
  options: NewtonOptions,
  task: LongTask,
): Promise<NewtonResult> {
  let coefficients = start;
  let { loss, gradient } = objective.evaluate(coefficients);
  const firstGradient = norm(gradient);
  let nearby = options.nearby;
  let lastSlope = Infinity;
  let progress = 0;
  for (let iteration = 1; iteration <= options.maxIterations; iteration++) {
    await breathe(task);
    if (norm(gradient) <= 1e-15 * Math.max(firstGradient, 1))
      return { coefficients, loss, iterations: iteration - 1, converged: true };
    const quickStep = nearby && solveCholesky(nearby, gradient);
    // The slope falls with the square of the error: where it does not fall to a tenth, the nearby Hessian is not near enough.
    if (quickStep && dot(quickStep, gradient) > 0.1 * lastSlope) nearby = undefined;
    const step =
      nearby && quickStep ? quickStep : newtonStep(objective, gradient, norm(gradient) / firstGradient, options.isFree);
    const slope = dot(step, gradient);
    lastSlope = slope;
    const found = searchAlong(objective, coefficients, step, loss, slope);
    if (!found && nearby) {
      nearby = undefined;
      objective.evaluate(coefficients);
      continue;
    }
    // Where not even a tiny step lowers the loss, what is left is rounding: this is as close as float64 comes.
    if (!found)
      return {
        coefficients,
        loss,
        iterations: iteration,
        converged: Math.abs(slope) <= 1e-9 * Math.max(Math.abs(loss), 1),
      };
    ({ coefficients, loss, gradient } = found);
    centreOutputs(coefficients, objective);
    const movedBy = found.share * largest(step);
    if (movedBy <= options.tolerance * Math.max(1, largest(coefficients)))
      return { coefficients, loss, iterations: iteration, converged: true };
    progress = Math.max(progress, progressOf(movedBy, options.tolerance, iteration / options.maxIterations));
    task.onProgress?.(progress);
  }
  return { coefficients, loss, iterations: options.maxIterations, converged: false };
}

/** How far the movement has fallen from 1 to the tolerance on a logarithmic scale, or the share of the iterations if that is more. */
const progressOf = (movedBy: number, tolerance: number, shareOfIterations: number): number =>
  Math.min(0.99, Math.max(shareOfIterations, Math.log(Math.min(1, movedBy)) / Math.log(tolerance)));

interface Point {
  coefficients: Float64Array;
  loss: number;
  gradient: Float64Array;
  share: number;
}

function searchAlong(
  objective: LogisticObjective,
  from: Float64Array,
  step: Float64Array,
  loss: number,
  slope: number,
): Point | undefined {
  for (let share = 1; share > 1e-10; share /= 2) {
    const coefficients = from.map((value, j) => value - share * (step[j] ?? 0));
    const there = objective.evaluate(coefficients);
    if (there.loss <= loss - 1e-4 * share * slope) return { coefficients, ...there, share };
    // Close to the minimum the gain drowns in rounding: a full step is right if the slope along it has vanished.
    if (
      share === 1 &&
      there.loss <= loss + 1e-13 * Math.abs(loss) &&
      Math.abs(dot(step, there.gradient)) <= 0.1 * slope
    )
      return { coefficients, ...there, share };
  }
  return undefined;
}

function newtonStep(
  objective: LogisticObjective,
  gradient: Float64Array,
  gradientShare: number,
  isFree: (column: number) => boolean,
): Float64Array {
  if (!formsHessian(objective)) return conjugateGradients(objective, gradient, Math.min(0.1, Math.sqrt(gradientShare)));
  return solveCholesky(factorHessian(objective, isFree), gradient);
}

/** The Hessian at the last evaluated point, factored; with a little added to its diagonal where float64 sees it as singular. */
export function factorHessian(objective: LogisticObjective, isFree: (column: number) => boolean): Cholesky {
  const hessian = objective.hessian();
  const size = objective.outputs * objective.width;
  pinCommonShift(hessian, objective, isFree);
  let trace = 0;
  for (let j = 0; j < size; j++) trace += hessian[j * size + j] ?? 0;
  for (let damping = 0; ; damping = Math.max(damping * 100, 1e-14)) {
    const shift = (damping * trace) / size;
    const damped = shift === 0 ? hessian : hessian.map((value, at) => (at % (size + 1) === 0 ? value + shift : value));
    const factor = cholesky(damped, size);
    if (factor) return factor;
    // So much would make any finite matrix positive definite.
    if (!(damping < 1e6)) throw new RangeError('the second derivatives of the logistic loss are not finite');
  }
}

/**
 * With one set of coefficients a class, adding a number to a column's coefficients of all classes changes nothing: the Hessian is singular
 * there unless a penalty holds it. Stiffness along that direction makes it regular; the gradient has no part along it, so the step is unchanged.
 */
function pinCommonShift(
  hessian: Float64Array,
  { outputs, width }: LogisticObjective,
  isFree: (column: number) => boolean,
): void {
  if (outputs === 1) return;
  const size = outputs * width;
  for (let c = 0; c < width; c++) {
    if (!isFree(c)) continue;
    let stiffness = 0;
    for (let k = 0; k < outputs; k++) stiffness += hessian[(k * width + c) * (size + 1)] ?? 0;
    for (let k = 0; k < outputs; k++) {
      for (let l = k; l < outputs; l++) {
        const at = (k * width + c) * size + l * width + c;
        hessian[at] = (hessian[at] ?? 0) + stiffness / outputs;
      }
    }
  }
}

/** Shifts each column's coefficients so that they sum to 0 over the classes: the same probabilities at the smallest penalty. */
function centreOutputs(coefficients: Float64Array, { outputs, width }: LogisticObjective): void {
  if (outputs === 1) return;
  for (let c = 0; c < width; c++) {
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += coefficients[k * width + c] ?? 0;
    for (let k = 0; k < outputs; k++) coefficients[k * width + c] = (coefficients[k * width + c] ?? 0) - sum / outputs;
  }
}

/**
 * Solves Hessian · step = gradient until the residual is `accuracy` of the gradient. The preconditioner gives the step a part that is common to all
 * classes, which the solution has not: left in, coefficients that are centred after it would stand elsewhere than the gradient that was taken there,
 * and each step would take the same part away again, for ever.
 */
function conjugateGradients(objective: LogisticObjective, gradient: Float64Array, accuracy: number): Float64Array {
  const size = gradient.length;
  const diagonal = objective.curvature();
  const precondition = (residual: Float64Array): Float64Array =>
    residual.map((value, j) => value / Math.max(diagonal[j] ?? 1, 1e-300));
  const step = new Float64Array(size);
  const residual = gradient.slice();
  let turned = precondition(residual);
  let direction = turned.slice();
  let energy = dot(residual, turned);
  const goal = accuracy * norm(gradient);
  for (let round = 0; round < Math.max(50, size) && norm(residual) > goal; round++) {
    const product = objective.hessianTimes(direction);
    const curvature = dot(direction, product);
    if (curvature <= 0) break;
    const share = energy / curvature;
    for (let j = 0; j < size; j++) {
      step[j] = (step[j] ?? 0) + share * (direction[j] ?? 0);
      residual[j] = (residual[j] ?? 0) - share * (product[j] ?? 0);
    }
    turned = precondition(residual);
    const next = dot(residual, turned);
    const keep = next / energy;
    energy = next;
    direction = turned.map((value, j) => value + keep * (direction[j] ?? 0));
  }
  centreOutputs(step, objective);
  return step;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] ?? 0) * (b[j] ?? 0);
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

function largest(a: Float64Array): number {
  let top = 0;
  for (const value of a) top = Math.max(top, Math.abs(value));
  return top;
}
