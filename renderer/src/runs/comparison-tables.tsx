import { largest, smallest } from '../../../shared/append.ts';
import { titleOfMetric } from '../../../shared/metric-title.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import type { Answer } from '../rpc/host-client.ts';
import { titleOf } from '../state/documents/commands.ts';
import { differs, evaluationTitles, sayFigure, type Figure, type Run } from '../state/runs/compare-runs.ts';
import { sayDuration, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Switch } from '../theme/choice.tsx';
import styles from '../theme/master.module.css';
import { Card } from '../theme/master.tsx';
import type { Difference } from './pipeline-differences.ts';
import { RunLetter, seriesColor } from './run-letter.tsx';

export type File = Answer<'runs.get'>['file'];

interface Compared {
  runs: readonly Run[];
  /** The pipelines of the runs, in their order; undefined while they are read. */
  files: readonly File[] | undefined;
}

interface SettingsCardProps extends Compared {
  /** Undefined while it is looked for. */
  changed: readonly Difference[] | undefined;
}

/** The settings that differ, a column a run. */
export function SettingsCard({ changed, runs, files }: SettingsCardProps) {
  return (
    <Card title={t('runs.differ')} wide>
      {changed === undefined ? (
        <p className={styles.body}>{t('common.loading')}</p>
      ) : changed.length === 0 ? (
        <p className={styles.body}>{t('runs.differNone')}</p>
      ) : (
        <div className={styles.room} tabIndex={0}>
          <table className={styles.table}>
            <Head runs={runs} title={t('runs.differ')} />
            <tbody>
              {changed.map((row) => (
                <tr key={row.key}>
                  <td>
                    <Setting of={row} files={files} />
                  </td>
                  {row.values.map((value, i) => (
                    <td
                      key={i}
                      data-align="right"
                      title={value?.text}
                      className={value === undefined ? styles.quiet : styles.known}
                    >
                      {value?.text ?? '–'}
                      {value?.isDefault && <small className={styles.quiet}> {t('runs.default')}</small>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

interface FiguresCardProps extends Compared {
  rows: readonly Figure[];
  onlyDiffering: boolean;
  onOnlyDiffering: (only: boolean) => void;
}

/** The figures, the best of each marked. */
export function FiguresCard({ rows, runs, files, onlyDiffering, onOnlyDiffering }: FiguresCardProps) {
  return (
    <Card
      title={t('runs.metrics')}
      wide
      tools={
        rows.length > 0 && (
          <Switch isSelected={onlyDiffering} onChange={onOnlyDiffering}>
            {t('runs.onlyDiffering')}
          </Switch>
        )
      }
    >
      <div className={styles.room} tabIndex={0}>
        <table className={styles.table}>
          <Head runs={runs} title={t('runs.metrics')} end={t('runs.spread')} />
          <tbody>
            {onlyDiffering && rows.length > 0 && !rows.some(differs) && (
              <tr>
                <td colSpan={runs.length + 2} className={styles.quiet}>
                  {t('runs.allSame')}
                </td>
              </tr>
            )}
            {(onlyDiffering ? rows.filter(differs) : rows).map((row) => (
              <tr key={row.name}>
                <td>
                  <Place name={row.name} files={files} />
                  {row.positives.length > 0 && (
                    <small className={styles.quiet}>
                      {' '}
                      {t(row.positives.length > 1 ? 'runs.positivesDiffer' : 'runs.positive', {
                        classes: row.positives.join(', '),
                      })}
                    </small>
                  )}
                </td>
                {row.values.map((value, i) => (
                  <td key={i} data-align="right" className={row.best.includes(i) ? styles.best : undefined}>
                    {row.best.includes(i) && `✓ `}
                    {sayFigure(value)}
                  </td>
                ))}
                <td>
                  <Spread figure={row} />
                </td>
              </tr>
            ))}
            <tr>
              <td>{t('runs.took')}</td>
              {runs.map((run) => (
                <td key={run.id} data-align="right">
                  {run.ms === null ? '–' : sayDuration(run.ms)}
                </td>
              ))}
              <td aria-hidden />
            </tr>
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Head({ runs, title, end }: { runs: readonly Run[]; title: string; end?: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="visually-hidden">{title}</span>
        </th>
        {runs.map((run, i) => (
          <th key={run.id} scope="col" data-align="right" title={run.title}>
            <span className={styles.named}>
              <RunLetter index={i} />
              {sayWhen(run.started_ms)}
            </span>
          </th>
        ))}
        {end !== undefined && <th scope="col">{end}</th>}
      </tr>
    </thead>
  );
}

/** `Trees` of `Gradient boosting`: the setting in ink, its node in small, by the names that people see. */
function Setting({ of: { key, node, title }, files }: { of: Difference; files: readonly File[] | undefined }) {
  const file = files?.find((one) => node !== undefined && Object.hasOwn(one.nodes, node));
  const own = node === undefined || file === undefined ? node : measuredTitle(file, node);
  return title === '' ? (
    own
  ) : (
    <span title={key}>
      {title} <small className={styles.quiet}>{own ?? t('runs.parameter')}</small>
    </span>
  );
}

/** `evaluate.roc_auc`: the figure in ink, its node in small. */
function Place({ name, files }: { name: string; files: readonly File[] | undefined }) {
  const dot = name.indexOf('.');
  const node = dot < 0 ? name : name.slice(0, dot);
  const file = files?.find((one) => Object.hasOwn(one.nodes, node));
  return (
    <span title={name}>
      {titleOfMetric(name.slice(dot + 1))}{' '}
      <small className={styles.quiet}>{file === undefined ? node : measuredTitle(file, node)}</small>
    </span>
  );
}

/** A node by its title; of several with one title, an evaluation by its model, others with their ids. */
export function measuredTitle(file: File, node: string): string {
  const like = Object.keys(file.nodes).filter((id) => titleOf(file, id) === titleOf(file, node));
  return evaluationTitles(like, (id) => titleOf(file, id), linksOf(file))[like.indexOf(node)] ?? node;
}

/** Where each run stands between the least and the most of a figure. */
function Spread({ figure }: { figure: Figure }) {
  const known = figure.values.filter((v) => typeof v === 'number');
  const least = smallest(known);
  const width = largest(known) - least;
  if (known.length < 2 || !(width > 0)) return null;
  return (
    <svg className={styles.spread} viewBox="0 0 110 12" aria-hidden>
      <line x1="5" x2="105" y1="6" y2="6" />
      {figure.values.map((value, i) =>
        typeof value === 'number' ? (
          <circle key={i} cx={5 + ((value - least) / width) * 100} cy="6" r="3.5" fill={seriesColor(i)} />
        ) : null,
      )}
    </svg>
  );
}
