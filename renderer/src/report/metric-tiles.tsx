import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReportBlock } from '../../../shared/report.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import { cardClass } from '../theme/surface.tsx';
import { sayMetric, sayReportCell, saySignature } from '../text/report-text.ts';
import styles from './report.module.css';

export type MetricsBlock = Extract<ReportBlock, { type: 'metrics' }>;
export type MetricItem = MetricsBlock['items'][number];

/** Figures that a reader wants first: the value, its spread over folds, and which way is better. */
export function MetricTiles({ block }: { block: MetricsBlock }) {
  return (
    <section className={styles.metrics} aria-label={block.title ?? t('report.metrics')}>
      {block.title && <h3 className={styles.metricsTitle}>{block.title}</h3>}
      <div className={styles.tiles}>
        {block.items.map((item) => (
          <Tile key={item.name} item={item} />
        ))}
      </div>
    </section>
  );
}

function Tile({ item }: { item: MetricItem }) {
  const hint = [item.help, item.signature && saySignature(item.signature)].filter(Boolean).join('\n');
  return (
    <article className={`${cardClass} ${styles.tile}`} title={hint === '' ? undefined : hint}>
      <h4>
        {item.title}
        {item.better && (
          <span className={styles.better}>
            <Icon of={item.better === 'higher' ? ArrowUp : ArrowDown} size={11} />
            <span className="visually-hidden">{t(item.better === 'higher' ? 'report.higher' : 'report.lower')}</span>
          </span>
        )}
      </h4>
      <p className={styles.value}>
        <b>{item.count === true ? sayReportCell(item.value) : sayMetric(item.value)}</b>
        {item.sd !== undefined && <span>± {sayMetric(item.sd)}</span>}
        {item.interval && (
          <span title={t('report.interval')}>
            {t('report.between', { low: sayMetric(item.interval[0]), high: sayMetric(item.interval[1]) })}
          </span>
        )}
      </p>
      {item.baseline && (
        <p className={styles.baseline} title={item.baseline.title}>
          {t('report.baseline', { value: sayMetric(item.baseline.value) })}
        </p>
      )}
    </article>
  );
}
