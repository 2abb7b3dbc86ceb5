import { History } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { toProblem } from '../../../shared/errors.ts';
import { ChartView } from '../charts/chart-view.tsx';
import { readReport } from '../report/report-view.tsx';
import { host } from '../rpc/host.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import styles from '../theme/master.module.css';
import { Card } from '../theme/master.tsx';
import { figures, type Run } from '../state/runs/compare-runs.ts';
import { FiguresCard, measuredTitle, SettingsCard, type File } from './comparison-tables.tsx';
import { openRunState } from './open-run-state.ts';
import { pipelineDifferences } from './pipeline-differences.ts';
import { reportCurves, type NamedReport } from './report-curves.ts';
import { runCurves } from './run-curves.ts';
import { letterOf } from './run-letter.tsx';
import { useRunStates } from '../state/runs/use-run-states.ts';

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
        <SettingsCard changed={changed} runs={runs} files={files} />
        <FiguresCard
          rows={rows}
          runs={runs}
          files={files}
          onlyDiffering={onlyDiffering}
          onOnlyDiffering={setOnlyDiffering}
        />
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
