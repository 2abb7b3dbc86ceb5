/** A chart of how many values lie in each of some equally wide bins. */
import type { ChartBlock } from '../../shared/report.ts';

export interface HistogramWords {
  title: string;
  help?: string;
  /** What the values are. */
  values: string;
  caption: string;
}

/** @param sorted values from `low` on; the last bin holds all that is beyond it */
export function histogramChart(
  sorted: Float64Array,
  { low, width, bins }: { low: number; width: number; bins: number },
  { title, help, values, caption }: HistogramWords,
): ChartBlock {
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    type: 'chart',
    title,
    ...(help === undefined ? {} : { help }),
    mark: 'histogram',
    x: { field: 'from', title: values, scale: 'linear' },
    y: { field: 'count', title: 'rows', scale: 'linear' },
    data: {
      from: counts.map((_, i) => low + i * width),
      to: counts.map((_, i) => low + (i + 1) * width),
      count: counts,
    },
    caption,
  };
}
