/** Mean and deviation of each channel over many images, gathered one image after the other (Chan, Golub and LeVeque 1979). */
import type { Pixels } from './pixels.ts';

export interface ChannelStatistics {
  /** Pixels seen, of one channel. */
  count: number;
  mean: number[];
  /** Sum of squared distances from the mean. */
  squares: number[];
}

export function measureChannels({ channels, values }: Pick<Pixels, 'channels' | 'values'>): ChannelStatistics {
  const area = values.length / channels;
  const mean: number[] = [];
  const squares: number[] = [];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = c * area; i < (c + 1) * area; i++) sum += values[i] ?? 0;
    const center = sum / area;
    let distance = 0;
    for (let i = c * area; i < (c + 1) * area; i++) distance += ((values[i] ?? 0) - center) ** 2;
    mean.push(center);
    squares.push(distance);
  }
  return { count: area, mean, squares };
}

/** Both must be of the same number of channels. */
export function mergeStatistics(a: ChannelStatistics, b: ChannelStatistics): ChannelStatistics {
  const count = a.count + b.count;
  return {
    count,
    mean: a.mean.map((mean, c) => mean + (((b.mean[c] ?? 0) - mean) * b.count) / count),
    squares: a.squares.map(
      (squares, c) =>
        squares + (b.squares[c] ?? 0) + (((b.mean[c] ?? 0) - (a.mean[c] ?? 0)) ** 2 * a.count * b.count) / count,
    ),
  };
}

/** Division by the number of pixels, as for a whole population. */
export const deviations = ({ count, squares }: ChannelStatistics): number[] => squares.map((s) => Math.sqrt(s / count));
