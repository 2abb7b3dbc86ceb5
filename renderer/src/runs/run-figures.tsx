import { titleOfMetric } from '../../../shared/metric-title.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import { titleOf } from '../state/documents/commands.ts';
import { t } from '../text/t.ts';
import styles from '../theme/master.module.css';
import { Card } from '../theme/master.tsx';
import { bestOf, evaluationTitles, sayFigure, type Run } from '../state/runs/compare-runs.ts';

/** What a run measured: a figure a line, an evaluation a column, so that two models of one run stand beside each other. */
export function RunFigures({ run, file }: { run: Run; file: PipelineFile | undefined }) {
  const nodes = Object.entries(run.metrics);
  const ids = nodes.map(([node]) => node);
  const titles = file === undefined ? ids : evaluationTitles(ids, (node) => titleOf(file, node), linksOf(file));
  const names = [...new Set(nodes.flatMap(([, metrics]) => Object.keys(metrics)))];
  return (
    <Card title={t('runs.metrics')}>
      {names.length === 0 ? (
        <p className={styles.body}>{t('runs.metricsNone')}</p>
      ) : (
        <div className={styles.room} style={{ maxHeight: 248 }} tabIndex={0}>
          <table className={styles.table} data-tight>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{t('runs.metrics')}</span>
                </th>
                {ids.map((node, i) => (
                  <th key={node} scope="col" data-align="right">
                    {titles[i]}
                    {run.positives[node] !== undefined && (
                      <small className={styles.quiet}> {t('runs.positive', { classes: run.positives[node] })}</small>
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {names.map((name) => {
                const values = nodes.map(([, metrics]) => metrics[name]);
                const best = bestOf(name, values);
                return (
                  <tr key={name}>
                    <th scope="row">{titleOfMetric(name)}</th>
                    {values.map((value, i) => (
                      <td key={nodes[i]?.[0]} data-align="right" className={best.includes(i) ? styles.best : undefined}>
                        {best.includes(i) && '✓ '}
                        {sayFigure(value)}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
