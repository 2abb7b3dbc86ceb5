/** The first step of training: cuts from a sample of each column, then every value's bin. */
import { type Lane, share, type Steps } from './lane.ts';
import { sampleColumns } from './memory-plan.ts';
import { drawUint32 } from './draws.ts';

/**
 * Columns in the order of their histograms: those with many bins first, then up to 31, then up to 3. In each class the missing have the last bin.
 */
export interface BinLayout {
  /** Of each place, the user's column. */
  readonly column: Int32Array;
  /** Of each place, the bins of its class: 256, 32 or 4. */
  readonly width: Int32Array;
  /** Of each place, where its histogram begins, counted in bins; one more for the end. */
  readonly first: Int32Array;
  readonly n256: number;
  readonly n32: number;
}

/** Lanes share the columns for the cuts and the rows for the bins. */
export function* buildBins(lane: Lane): Steps<BinLayout> {
  const { plan } = lane.settings;
  const [from, to] = share(lane, 0, lane.settings.columns);
  for (let column = from; column < to; column += sampleColumns) {
    cutColumns(lane, column, Math.min(to, column + sampleColumns));
    yield 'breath';
  }
  yield 'barrier';
  const layout = layOut(lane);
  if (lane.index === 0) writeFeatureTable(lane, layout);
  yield* binRows(lane, layout, lane.features, lane.settings.rows, plan.columnBins, plan.rowBins);
  yield* binRows(lane, layout, lane.validationFeatures, lane.settings.validationRows, 0, plan.validationRowBins);
  yield 'barrier';
  return layout;
}

function cutColumns(lane: Lane, from: number, to: number): void {
  const { settings, kernels, features, f32 } = lane;
  const { plan, rows, columns, params } = settings;
  const n = plan.sampleRows;
  const scratch = plan.histograms + lane.index * plan.scratchStride;
  const base = scratch >>> 2;
  const step = rows / n;
  for (let j = 0; j < n; j++) {
    // One row from each of n equal stretches, at a drawn place, so that no period in the data can hide.
    const row = n === rows ? j : Math.min(rows - 1, Math.floor((j + drawUint32(settings.seed, j) / 2 ** 32) * step));
    for (let column = from; column < to; column++)
      f32[base + (column - from) * n + j] = features[row * columns + column] ?? NaN;
  }
  const other = scratch + sampleColumns * n * 4;
  for (let column = from; column < to; column++) {
    const sample = scratch + (column - from) * n * 4;
    const kept = kernels.sortSample(sample, other, n, other + n * 4);
    lane.i32[(plan.binCounts >>> 2) + column] = kernels.makeCuts(
      sample,
      kept,
      params.maxBins,
      plan.cuts + column * 1024,
    );
  }
}

const widthFor = (bins: number): number => (bins <= 3 ? 4 : bins <= 31 ? 32 : 256);

function layOut(lane: Lane): BinLayout {
  const { columns, plan } = lane.settings;
  const widths = Array.from({ length: columns }, (_, column) =>
    widthFor(lane.i32[(plan.binCounts >>> 2) + column] ?? 1),
  );
  const column = Int32Array.from([256, 32, 4].flatMap((wanted) => widths.flatMap((w, c) => (w === wanted ? [c] : []))));
  const width = column.map((c) => widths[c] ?? 4);
  const first = new Int32Array(columns + 1);
  width.forEach((w, place) => (first[place + 1] = (first[place] ?? 0) + w));
  const count = (wanted: number): number => widths.filter((w) => w === wanted).length;
  return { column, width, first, n256: count(256), n32: count(32) };
}

function writeFeatureTable(lane: Lane, layout: BinLayout): void {
  const { plan } = lane.settings;
  layout.column.forEach((column, place) => {
    const at = (plan.featureTable >>> 2) + place * 4;
    lane.i32[at] = layout.first[place] ?? 0;
    lane.i32[at + 1] = lane.i32[(plan.binCounts >>> 2) + column] ?? 1;
    lane.i32[at + 2] = (layout.width[place] ?? 4) - 1;
    lane.i32[at + 3] = column;
  });
}

function* binRows(
  lane: Lane,
  layout: BinLayout,
  features: Float32Array,
  rows: number,
  columnBins: number,
  rowBins: number,
): Steps<void> {
  const { kernels, f32 } = lane;
  const { plan, columns } = lane.settings;
  const stage = plan.histograms + lane.index * plan.scratchStride;
  const [from, to] = share(lane, 0, rows);
  for (let row = from; row < to; row += plan.stageRows) {
    const n = Math.min(plan.stageRows, to - row);
    f32.set(features.subarray(row * columns, (row + n) * columns), stage >>> 2);
    for (let place = 0; place < columns; place++) {
      const column = layout.column[place] ?? 0;
      kernels.binColumn(
        stage + column * 4,
        columns * 4,
        n,
        plan.cuts + column * 1024,
        layout.width[place] ?? 4,
        columnBins && columnBins + place * plan.columnStride + row,
        rowBins + row * plan.rowStride + place,
        plan.rowStride,
      );
    }
    yield 'breath';
  }
}
