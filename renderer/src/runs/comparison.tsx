import { History } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { largest, smallest } from '../../../shared/append.ts';
import { toProblem } from '../../../shared/errors.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import { ChartView } from '../charts/chart-view.tsx';
import { readReport } from '../report/report-view.tsx';
import type { Answer } from '../rpc/host-client.ts';
import { host } from '../rpc/host.ts';
import { titleOf } from '../state/documents/commands.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { titleOfMetric } from '../../../shared/metric-title.ts';
import { sayDuration, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Switch } from '../theme/choice.tsx';
import styles from '../theme/master.module.css';
import { Card } from '../theme/master.tsx';
import { differs, evaluationTitles, figures, sayFigure, type Figure, type Run } from '../state/runs/compare-runs.ts';
import { openRunState } from './open-run-state.ts';
import { pipelineDifferences, type Difference } from './pipeline-differences.ts';
import { reportCurves, type NamedReport } from './report-curves.ts';
import { runCurves } from './run-curves.ts';
import { letterOf, RunLetter, seriesColor } from './run-letter.tsx';
import { useRunStates } from '../state/runs/use-run-states.ts';

type File = Answer<'runs.get'>['file'];

/** Runs side by side: the settings that differ, the figures with the best marked, and the curves over each other. */
export function Comparison({ runs }: { runs: readonly Run[] }) {
  const files = useFiles(runs);
  const rows = useMemo(() => figures(runs), [runs]);
  const changed = useMemo(() => (files === undefined ? undefined : pipelineDifferences(files, specs)), [files]);
  const [onlyDiffering, setOnlyDiffering] = useState(true);
  const states = useRunStates(runs.map((run) => run.id));
  const curves = useMemo(
    () =>
      runCurves(
        runs.map((run, i) => ({ letter: letterOf(i), state: states[run.id] })),
        t('runs.curveStep'),
      ),
    [runs, states],
  );
  const reports = useReports(runs, states);
  const overlaid = useMemo(() => reportCurves(reports), [reports]);
  return (
    <>
      <header className={styles.mainHead}>
        <h2>{t('runs.compared', { count: runs.length })}</h2>
        <div className={styles.actions}>
          {runs.map((run, i) => {
            const file = files?.[i];
            return (
              <Button
                key={run.id}
                icon={History}
                isDisabled={file === undefined}
                onPress={() => file && openRunState(run, file)}
              >
                {t('runs.restoreThis', { letter: letterOf(i) })}
              </Button>
            );
          })}
        </div>
      </header>
      <div className={styles.cards}>
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
        <Card
          title={t('runs.metrics')}
          wide
          tools={
            rows.length > 0 && (
              <Switch isSelected={onlyDiffering} onChange={setOnlyDiffering}>
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
        {overlaid.map(({ node, block, differs: isDifferent }) => {
          if (onlyDiffering && !isDifferent) return null;
          const file = files?.find((one) => Object.hasOwn(one.nodes, node));
          return (
            <Card
              key={`${node} ${block.title}`}
              title={`${block.title}: ${file === undefined ? node : measuredTitle(file, node)}`}
              wide={block.facet !== undefined}
            >
              <div className={styles.chart}>
                <ChartView block={block} />
              </div>
            </Card>
          );
        })}
        {curves.map((block) => (
          <Card key={block.title} title={block.title}>
            <div className={styles.chart}>
              <ChartView block={block} />
            </div>
          </Card>
        ))}
      </div>
    </>
  );
}

function useFiles(runs: readonly Run[]): readonly File[] | undefined {
  const [read, setRead] = useState<{ ids: string; files: readonly File[] }>();
  const ids = runs.map((run) => run.id).join(' ');
  useEffect(() => {
    let gone = false;
    Promise.all(ids.split(' ').map((run) => host()['runs.get']({ run })))
      .then((answers) => {
        if (!gone) setRead({ ids, files: answers.map((a) => a.file) });
      })
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
    return () => {
      gone = true;
    };
  }, [ids]);
  return read?.ids === ids ? read.files : undefined;
}

const noReports: readonly NamedReport[] = [];
/** The reports that the runs left, as they come; one that is no longer stored is missing. */
function useReports(runs: readonly Run[], states: ReturnType<typeof useRunStates>): readonly NamedReport[] {
  const [read, setRead] = useState<{ keys: string; reports: readonly NamedReport[] }>();
  const asked = runs.flatMap(({ id }, i) =>
    Object.entries(states[id]?.nodes ?? {}).flatMap(([node, { outputs, curve }]) =>
      // How a node learnt is drawn from what it told on the way (`runCurves`).
      outputs.flatMap(({ wire, key }) =>
        wire === 'report' && curve.length === 0 ? [{ letter: letterOf(i), node, key }] : [],
      ),
    ),
  );
  const keys = JSON.stringify(asked);
  useEffect(() => {
    const abort = new AbortController();
    const wanted: typeof asked = JSON.parse(keys);
    void Promise.allSettled(
      wanted.map(async ({ letter, node, key }) => ({ letter, node, report: await readReport(key, abort.signal) })),
    ).then((answers) => {
      if (abort.signal.aborted) return;
      setRead({ keys, reports: answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : [])) });
    });
    return () => abort.abort();
  }, [keys]);
  return read?.keys === keys ? read.reports : noReports;
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
function measuredTitle(file: File, node: string): string {
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
