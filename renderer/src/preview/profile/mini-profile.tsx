import { largest } from '../../../../shared/append.ts';
import { partitionColumn } from '../../../../shared/wires.ts';
import { t } from '../../text/t.ts';
import styles from './mini-profile.module.css';
import { partitionColor } from '../grid/partition.ts';
import { sayEdge, topShares, type ProfileColumn } from '../../text/profile-words.ts';

/** The picture in a column's header: a histogram for numbers and times, shares of the most frequent values for the rest. */
export function MiniProfile({ column, height = 20 }: { column: ProfileColumn; height?: number }) {
  if (column.histogram !== null && column.histogram.counts.length > 0)
    return <Histogram column={column} height={height} />;
  if (column.top.length === 0) return <span className={styles.blank} style={{ height }} />;
  const { bars, others } = topShares(column, 6);
  const isPartition = column.name === partitionColumn;
  return (
    <span className={styles.shares} style={{ height }} aria-hidden>
      {bars.map((bar, i) => (
        <i
          key={bar.value}
          title={bar.value}
          style={{
            flexGrow: bar.share,
            ...(isPartition ? { background: partitionColor(bar.value) } : { opacity: 1 - i * 0.13 }),
          }}
        />
      ))}
      {others > 0 && <i className={styles.others} style={{ flexGrow: others }} />}
    </span>
  );
}

export function Histogram({ column, height }: { column: ProfileColumn; height: number }) {
  const counts = column.histogram?.counts ?? [];
  const highest = largest([1, ...counts]);
  const label = t('preview.profile.histogram', {
    name: column.name,
    from: sayEdge(column.min),
    to: sayEdge(column.max),
  });
  return (
    <svg
      className={styles.histogram}
      viewBox={`0 0 ${counts.length} 20`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={label}
    >
      {counts.map((count, i) => {
        // A bin that is not empty is always seen.
        const tall = count === 0 ? 0 : Math.max(0.8, (count / highest) * 20);
        return <rect key={i} x={i + 0.06} width={0.88} y={20 - tall} height={tall} />;
      })}
    </svg>
  );
}
