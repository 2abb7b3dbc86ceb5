import { largest, smallest } from '../../../../shared/append.ts';
import { cardWidth } from '../../../../shared/pipeline/arrange.ts';
import type { Series } from '../../drawing/node-face.ts';

const width = cardWidth - 24;
const height = 38;

/** The small curve of a running node: the first series with a point at its head, the second behind it, dashed. */
export function LiveCurve({ series }: { series: readonly Series[] }) {
  const values = series.flatMap((s) => s.values);
  const [low, high] = [smallest(values), largest(values)];
  const longest = largest(series.map((s) => s.values.length));
  const x = (i: number): number => (i / Math.max(1, longest - 1)) * (width - 8) + 2;
  const y = (v: number): number => height - 4 - ((v - low) / (high - low || 1)) * (height - 8);
  const path = (s: Series): string =>
    s.values.map((v, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join('');
  const [first, second] = series;
  const last = first?.values.at(-1);
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden
      style={{ display: 'block' }}
      fill="none"
    >
      <path d={`M0 12.5H${width}M0 25.5H${width}`} stroke="var(--l1)" />
      {second && <path d={path(second)} stroke="var(--l3)" strokeWidth="1.5" strokeDasharray="2 2.5" />}
      {first && <path d={path(first)} stroke="var(--acc)" strokeWidth="1.5" strokeLinecap="round" />}
      {first && last !== undefined && <circle cx={x(first.values.length - 1)} cy={y(last)} r="2.4" fill="var(--acc)" />}
    </svg>
  );
}
