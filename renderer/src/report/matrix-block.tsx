import { useState, type CSSProperties } from 'react';
import type { ReportBlock } from '../../../shared/report.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Segmented } from '../theme/choice.tsx';
import { sayShare } from '../text/profile-words.ts';
import { BlockCard } from './block-card.tsx';
import { rowShares, sayMetric } from '../text/report-text.ts';
import styles from './matrix-block.module.css';

type Matrix = Extract<ReportBlock, { type: 'matrix' }>;

/** Larger ones say only the first of the two figures in a cell. */
const smallMatrix = 5;

/** A confusion matrix: counts with the share of their row; what is right in the accent, what is wrong in the colour of evaluation. */
export function MatrixBlock({ block }: { block: Matrix }) {
  const [shows, setShows] = useState<'count' | 'share'>('count');
  const shares = rowShares(block.values);
  const isSmall = block.labels.length <= smallMatrix;
  const isCount = block.values.flat().every((v) => Number.isInteger(v) && v >= 0);
  return (
    <BlockCard
      title={block.title}
      wide={block.labels.length > 6}
      tools={
        isSmall ? undefined : (
          <Segmented
            label={t('report.matrixShows')}
            value={shows}
            options={[
              { id: 'count', title: t('report.count') },
              { id: 'share', title: t('report.share') },
            ]}
            onChange={(id) => setShows(id === 'share' ? 'share' : 'count')}
          />
        )
      }
    >
      <div className={styles.room} tabIndex={0}>
        <table className={styles.matrix} data-size={isSmall ? 'small' : 'large'}>
          <caption className="visually-hidden">{`${block.title}. ${block.caption ?? t('report.matrixRows', { rows: block.rowTitle, columns: block.columnTitle })}`}</caption>
          <thead>
            <tr>
              <td aria-label={`${block.rowTitle}, ${block.columnTitle}`}>
                <span className={styles.corner} aria-hidden>
                  <span>{block.rowTitle} ↓</span>
                  <span>{block.columnTitle} →</span>
                </span>
              </td>
              {block.labels.map((label) => (
                <th key={label} scope="col" title={label}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.values.map((row, i) => (
              <tr key={block.labels[i] ?? i}>
                <th scope="row" title={block.labels[i]}>
                  {block.labels[i]}
                </th>
                {row.map((value, j) => {
                  const share = shares[i]?.[j] ?? 0;
                  const tint = isCount ? share : Math.min(1, Math.abs(value));
                  return (
                    <td
                      key={block.labels[j] ?? j}
                      data-right={i === j || undefined}
                      style={tintStyle(tint)}
                      title={`${block.rowTitle} ${block.labels[i] ?? ''}, ${block.columnTitle} ${block.labels[j] ?? ''}: ${value} (${sayShare(share, 1)} %)`}
                    >
                      <b>
                        {isCount
                          ? isSmall || shows === 'count'
                            ? sayCount(value)
                            : `${sayShare(share, 1)} %`
                          : sayMetric(value)}
                      </b>
                      {isSmall && isCount && <small>{sayShare(share, 1)} %</small>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>
        {block.caption ?? t('report.matrixRows', { rows: block.rowTitle, columns: block.columnTitle })}
      </p>
    </BlockCard>
  );
}

const tintStyle = (tint: number): CSSProperties & { '--a': string } => ({ '--a': tint.toFixed(3) });
