import { RadioTower } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { Report } from '../../../shared/report.ts';
import { linksOf } from '../../../shared/pipeline/edits/ports.ts';
import { evaluationTitles } from '../state/runs/compare-runs.ts';
import { useCheck } from '../state/runs/check.ts';
import { titleOf } from '../state/documents/commands.ts';
import { usePipeline } from '../state/documents/documents.ts';
import { useView, select } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { cardClass, Chip } from '../theme/surface.tsx';
import { compareLearners, type Measured } from './compare-learners.ts';
import styles from './learners.module.css';
import { sayMetric } from '../text/report-text.ts';
import { readReport } from './report-view.tsx';
import { servableOf, serveModel } from './serve-model.ts';

/** Where a pipeline evaluates several models: which is better, how sure that is, and the way to serve it. @param node the evaluation in front */
export function LearnersCompared({ node }: { node: string }) {
  const file = usePipeline((own) => own);
  const measured = useMeasured(file, node);
  const verdict = compareLearners(measured);
  if (file === undefined || verdict === undefined) return null;
  const titles = evaluationTitles(
    measured.map((one) => one.node),
    (id) => titleOf(file, id),
    linksOf(file),
  );
  const models = new Map(measured.map((one, i) => [one.node, modelTitle(file, one.node) ?? titles[i] ?? one.node]));
  const servable = servableOf(file, verdict.best.node);
  const words = { best: models.get(verdict.best.node) ?? '', next: models.get(verdict.next.node) ?? '' };
  return (
    <section className={`${cardClass} ${styles.learners}`} aria-label={t('report.learners')}>
      <ul>
        {measured.map(({ node: id, item }) => (
          <li key={id} data-best={(id === verdict.best.node && verdict.sure !== 'equal') || undefined}>
            <span className={styles.model}>
              <b>{models.get(id)}</b>
              {id === verdict.best.node && verdict.sure !== 'equal' && <Chip tone="ok">{t('report.better')}</Chip>}
            </span>
            <span className={styles.figure}>
              {item.title} <b>{sayMetric(item.value)}</b>
              {item.interval && (
                <small title={t('report.interval')}>
                  {t('report.between', { low: sayMetric(item.interval[0]), high: sayMetric(item.interval[1]) })}
                </small>
              )}
            </span>
            {id !== node && useView.getState().screen.name === 'pipeline' && (
              <Button size="small" look="link" onPress={() => select({ nodes: [id] })}>
                {t('report.showOther')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p>{t(`report.${verdict.sure}`, words)}</p>
      {servable !== undefined && verdict.sure !== 'equal' && (
        <Button look="primary" size="small" icon={RadioTower} iconSize={12} onPress={() => void serveModel(servable)}>
          {t('report.serveBetter')}
        </Button>
      )}
    </section>
  );
}

/** What trained the model that an evaluation judges. */
function modelTitle(file: PipelineFile, evaluation: string): string | undefined {
  const from = servableOf(file, evaluation)?.from.node;
  return from === undefined ? undefined : titleOf(file, from);
}

/** The first figure of each evaluation of the same kind whose result is there and fresh: what is stale is of another pipeline. */
function useMeasured(file: PipelineFile | undefined, node: string): readonly Measured[] {
  const kind = file?.nodes[node]?.kind ?? '';
  const nodes = Object.entries(file?.nodes ?? {}).flatMap(([id, own]) => (own.kind === kind ? [id] : []));
  const isEvaluation = kind.startsWith('evaluate.');
  const keys = useCheck(
    useShallow((checked) =>
      nodes.map((id) => {
        const freshness = checked?.nodes[id]?.freshness;
        return freshness?.state === 'fresh' ? freshness.outputs?.find((o) => o.wire === 'report')?.key : undefined;
      }),
    ),
  );
  const [reports, setReports] = useState<Readonly<Record<string, Report>>>({});
  const wanted = isEvaluation && nodes.length > 1 ? keys.filter((key) => key !== undefined).join(' ') : '';
  useEffect(() => {
    if (wanted === '') return undefined;
    const abort = new AbortController();
    Promise.all(wanted.split(' ').map(async (key) => [key, await readReport(key, abort.signal)] as const))
      .then((read) => {
        if (!abort.signal.aborted) setReports(Object.fromEntries(read));
      })
      // Its own panel says why a report cannot be read.
      .catch(() => undefined);
    return () => abort.abort();
  }, [wanted]);
  return nodes.flatMap((id, i): Measured[] => {
    const report = reports[keys[i] ?? ''];
    const figures = report?.blocks.find((block) => block.type === 'metrics');
    const item = figures?.items[0];
    return wanted === '' || item === undefined ? [] : [{ node: id, item }];
  });
}
