/**
 * k-means by Lloyd's algorithm (1982) from centres that greedy k-means++ draws (Arthur and Vassilvitskii, 2007), with the names, the tolerance and the treatment of
 * empty clusters that scikit-learn's `KMeans` has. All sums go through the rows in their order, so that the same rows and seed give the same bits.
 */
import { fail } from '../../shared/errors.ts';
import { breathe, type LongTask } from '../long-task.ts';
import { randomGenerator, type RandomGenerator } from '../random/random-generator.ts';

export interface ClusterRows {
  rows: number;
  columns: readonly string[];
  /** [rows, columns], row-major, no missing value. */
  values: Float64Array;
  weights?: Float64Array;
}
export interface KMeansSettings {
  clusters: number;
  /** Centres to begin with: drawn, or given ([clusters, columns]). */
  init: 'k-means++' | 'random' | Float64Array;
  /** How often it begins anew; the fit of least inertia is taken. */
  starts: number;
  maxIterations: number;
  /** Relative to the mean variance of the columns, as scikit-learn's `tol`. */
  tolerance: number;
  seed: number;
}
export interface KMeansFit {
  /** [clusters, columns] */
  centres: Float64Array;
  /** The cluster of each row. */
  labels: Int32Array;
  /** Σ weight · squared distance to the nearest centre. */
  inertia: number;
  iterations: number;
  converged: boolean;
}

/** @throws `k-means.missing`, `k-means.too-few-rows`, `k-means.too-large` */
export async function fitKMeans(given: ClusterRows, settings: KMeansSettings, task: LongTask = {}): Promise<KMeansFit> {
  check(given, settings);
  const width = given.columns.length;
  const mean = columnMeans(given);
  // Around the mean, so that far from zero the squares keep their digits.
  const rows = { ...given, values: given.values.map((value, i) => value - (mean[i % width] ?? 0)) };
  const random = randomGenerator(settings.seed);
  const tolerance = settings.tolerance * meanVariance(rows);
  const starts = typeof settings.init === 'string' ? settings.starts : 1;
  let best: KMeansFit | undefined;
  for (let start = 0; start < starts; start++) {
    const centres =
      typeof settings.init === 'string'
        ? settings.init === 'random'
          ? randomCentres(rows, settings.clusters, random)
          : drawCentres(rows, settings.clusters, random)
        : settings.init.map((value, i) => value - (mean[i % width] ?? 0));
    const found = await lloyd(rows, centres, settings.maxIterations, tolerance, {
      ...task,
      onProgress: (fraction) => task.onProgress?.((start + fraction) / starts),
    });
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  if (best === undefined) throw new Error('k-means never began');
  return { ...best, centres: best.centres.map((value, i) => value + (mean[i % width] ?? 0)) };
}

function check({ rows, columns, values }: ClusterRows, { clusters }: KMeansSettings): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw fail('k-means.missing', {
      message: `"${columns[bad % columns.length] ?? ''}" has a missing or infinite value in row ${Math.floor(bad / columns.length) + 1}, from which no distance can be taken.`,
      mend: 'Fill missing values before, or leave the column out.',
      column: columns[bad % columns.length] ?? '',
    });
  if (rows < clusters)
    throw fail('k-means.too-few-rows', {
      message: `${rows} training rows cannot make ${clusters} clusters.`,
      mend: 'Ask for fewer clusters, or give more rows.',
      param: 'clusters',
    });
  if (values.some((value) => Math.abs(value) > 1e150))
    throw fail('k-means.too-large', {
      message: 'A column holds numbers beyond 1e150, whose squares no number holds.',
      mend: 'Such numbers often stand for a missing value: make them missing, or use Scale before.',
    });
}

async function lloyd(
  rows: ClusterRows,
  begin: Float64Array,
  maxIterations: number,
  tolerance: number,
  task: LongTask,
): Promise<KMeansFit> {
  let centres = begin;
  let labels = new Int32Array(rows.rows).fill(-1);
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    await breathe(task);
    const nearest = assign(rows, centres);
    const next = centresOf(rows, nearest, centres);
    const moved = squaredDistance(next, 0, centres, 0, centres.length);
    const isSame = nearest.labels.every((label, row) => label === labels[row]);
    labels = nearest.labels;
    centres = next;
    task.onProgress?.(iteration / maxIterations);
    const converged = isSame || moved <= tolerance;
    if (!converged && iteration < maxIterations) continue;
    // Labels belong to the centres that are given back.
    const last = assign(rows, centres);
    return { centres, labels: last.labels, inertia: last.inertia, iterations: iteration, converged };
  }
  throw new Error('not one iteration was asked for');
}

interface Assigned {
  labels: Int32Array<ArrayBuffer>;
  /** Squared distance of each row to its centre. */
  distances: Float64Array;
  inertia: number;
}

/** Each row to its nearest centre, the first among equals. */
function assign({ rows, columns, values, weights }: ClusterRows, centres: Float64Array): Assigned {
  const width = columns.length;
  const labels = new Int32Array(rows);
  const distances = new Float64Array(rows);
  let inertia = 0;
  for (let row = 0; row < rows; row++) {
    let least = Infinity;
    for (let k = 0; k * width < centres.length; k++) {
      const distance = squaredDistance(values, row * width, centres, k * width, width);
      if (distance < least) [least, labels[row]] = [distance, k];
    }
    distances[row] = least;
    inertia += least * (weights?.[row] ?? 1);
  }
  return { labels, distances, inertia };
}

/** The weighted mean of each cluster's rows. An empty cluster takes the row that is furthest from its own centre, as scikit-learn does. */
function centresOf(
  { rows, columns, values, weights }: ClusterRows,
  { labels, distances }: Assigned,
  before: Float64Array,
): Float64Array {
  const width = columns.length;
  const sums = new Float64Array(before.length);
  const totals = new Float64Array(before.length / width);
  for (let row = 0; row < rows; row++) {
    const [k, weight] = [labels[row] ?? 0, weights?.[row] ?? 1];
    totals[k] = (totals[k] ?? 0) + weight;
    for (let c = 0; c < width; c++)
      sums[k * width + c] = (sums[k * width + c] ?? 0) + weight * (values[row * width + c] ?? 0);
  }
  const empty = [...totals.keys()].filter((k) => totals[k] === 0);
  if (empty.length > 0) {
    const far = Array.from(distances.keys()).sort((a, b) => (distances[b] ?? 0) - (distances[a] ?? 0) || a - b);
    empty.forEach((k, i) => {
      const row = far[i] ?? 0;
      const [from, weight] = [labels[row] ?? 0, weights?.[row] ?? 1];
      totals[k] = weight;
      totals[from] = (totals[from] ?? 0) - weight;
      for (let c = 0; c < width; c++) {
        const part = weight * (values[row * width + c] ?? 0);
        sums[k * width + c] = part;
        sums[from * width + c] = (sums[from * width + c] ?? 0) - part;
      }
    });
  }
  return sums.map((sum, i) => {
    const total = totals[Math.floor(i / width)] ?? 0;
    return total > 0 ? sum / total : (before[i] ?? 0);
  });
}

function squaredDistance(a: Float64Array, atA: number, b: Float64Array, atB: number, width: number): number {
  let sum = 0;
  for (let c = 0; c < width; c++) sum += ((a[atA + c] ?? 0) - (b[atB + c] ?? 0)) ** 2;
  return sum;
}

/** Greedy k-means++: of a few candidates, drawn by their squared distance from what is chosen, the one that lowers the sum most. */
function drawCentres(rows: ClusterRows, clusters: number, random: RandomGenerator): Float64Array {
  const width = rows.columns.length;
  const trials = 2 + Math.floor(Math.log(clusters));
  const weightOf = (row: number): number => rows.weights?.[row] ?? 1;
  const rowAt = (row: number): Float64Array => rows.values.subarray(row * width, (row + 1) * width);
  const centres = new Float64Array(clusters * width);
  const first = drawRow(
    Float64Array.from({ length: rows.rows }, (_, row) => weightOf(row)),
    random,
  );
  centres.set(rowAt(first));
  const distancesTo = (row: number): Float64Array =>
    Float64Array.from({ length: rows.rows }, (_, i) =>
      squaredDistance(rows.values, i * width, rows.values, row * width, width),
    );
  let closest = distancesTo(first);
  for (let k = 1; k < clusters; k++) {
    const chances = closest.map((distance, row) => distance * weightOf(row));
    let [least, taken] = [Infinity, closest];
    let chosen = 0;
    for (let trial = 0; trial < trials; trial++) {
      const row = drawRow(chances, random);
      const own = distancesTo(row).map((distance, i) => Math.min(distance, closest[i] ?? 0));
      const sum = own.reduce((total, distance, i) => total + distance * weightOf(i), 0);
      if (sum < least) [least, taken, chosen] = [sum, own, row];
    }
    closest = taken;
    centres.set(rowAt(chosen), k * width);
  }
  return centres;
}

/** Different rows, drawn by weight. */
function randomCentres(rows: ClusterRows, clusters: number, random: RandomGenerator): Float64Array {
  const width = rows.columns.length;
  const chances = Float64Array.from({ length: rows.rows }, (_, row) => rows.weights?.[row] ?? 1);
  const centres = new Float64Array(clusters * width);
  for (let k = 0; k < clusters; k++) {
    const row = drawRow(chances, random);
    chances[row] = 0;
    centres.set(rows.values.subarray(row * width, (row + 1) * width), k * width);
  }
  return centres;
}

/** A row by its chance; any where none has one (all rows are chosen already). */
function drawRow(chances: Float64Array, random: RandomGenerator): number {
  const total = chances.reduce((a, b) => a + b, 0);
  const drawn = random.nextFloat() * total;
  if (!(total > 0)) return random.nextBelow(chances.length);
  let [sum, last] = [0, 0];
  for (let row = 0; row < chances.length; row++) {
    if ((chances[row] ?? 0) <= 0) continue;
    sum += chances[row] ?? 0;
    last = row;
    if (drawn < sum) return row;
  }
  return last;
}

function columnMeans({ rows, columns, values }: ClusterRows): Float64Array {
  const sums = new Float64Array(columns.length);
  for (let i = 0; i < values.length; i++) sums[i % columns.length] = (sums[i % columns.length] ?? 0) + (values[i] ?? 0);
  return sums.map((sum) => sum / rows);
}

/** Of values around their means. */
function meanVariance({ values }: ClusterRows): number {
  return values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length);
}
