import { Download, Maximize2, RadioTower } from 'lucide-react';
import { specs } from '../../../nodes/specs.ts';
import type { OutputFact } from '../../../shared/run/run-events.ts';
import { linksOf } from '../edits/ports.ts';
import { useCheck } from '../state/check.ts';
import { titleOf } from '../state/commands.ts';
import { useActive, usePipeline } from '../state/documents.ts';
import { RunToHere } from '../preview/preview-states.tsx';
import { useNodeRun } from '../state/followed-run.ts';
import { showScreen, useSelectedNode } from '../state/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Chip, EmptyState } from '../theme/surface.tsx';
import { ReportView, useReport } from './report-view.tsx';
import styles from './report.module.css';
import { LearnersCompared } from './learners-compared.tsx';
import { servableOf, serveModel } from './serve-model.ts';
import { fileNameOf, saveFile } from './save-file.ts';

/** The report of the selected node in the drawer. */
export function ReportPanel() {
  const node = useSelectedNode();
  // An evaluation is often looked for from the model or the rows that it judges.
  const owner = usePipeline((file) =>
    node === undefined
      ? undefined
      : hasReport(file.nodes[node]?.kind)
        ? node
        : linksOf(file).find((l) => l.from.node === node && hasReport(file.nodes[l.to.node]?.kind))?.to.node,
  );
  return owner === undefined ? (
    <EmptyState title={t('report.noNode')} hint={t('report.noNodeHint')} />
  ) : (
    <NodeReport key={owner} node={owner} />
  );
}

const hasReport = (kind: string | undefined): boolean =>
  Object.values(specs.get(kind ?? '')?.outputs ?? {}).some((port) => port.wire === 'report');
const reportIn = (outputs: readonly OutputFact[] | undefined): OutputFact | undefined =>
  outputs?.find((o) => o.wire === 'report');

function NodeReport({ node }: { node: string }) {
  const draft = useActive((d) => d?.draft) ?? '';
  const title = usePipeline((file) => titleOf(file, node)) ?? node;
  const checked = useCheck((r) => reportIn(r?.nodes[node]?.freshness.outputs));
  const state = useCheck((r) => r?.nodes[node]?.freshness.state);
  const reason = useCheck((r) => r?.nodes[node]?.freshness.reason);
  const ran = reportIn(useNodeRun(node)?.outputs);
  const key = (checked ?? ran)?.key;
  if (key === undefined)
    return (
      <EmptyState title={t('report.none')} hint={t('report.noneHint', { node: title })}>
        <RunToHere draft={draft} node={node} isPrimary />
      </EmptyState>
    );
  return (
    <div className={styles.drawer}>
      <div className={styles.head} style={{ minHeight: 28 }}>
        <b>{title}</b>
        {state === 'stale' && (
          <Chip tone="warn" title={reason}>
            <span className={styles.cut}>
              {reason === undefined ? t('report.staleAlone') : t('report.stale', { reason })}
            </span>
          </Chip>
        )}
        <div className={styles.actions}>
          <ServeModel node={node} />
          <SaveReport reportKey={key} />
          <Button size="small" icon={Maximize2} iconSize={12} onPress={() => showScreen({ name: 'report', key, node })}>
            {t('report.openFull')}
          </Button>
        </div>
      </div>
      <LearnersCompared node={node} />
      <ReportView reportKey={key} node={node} />
    </div>
  );
}

/** What follows a good figure: a service of the model that was judged. */
export function ServeModel({ node }: { node: string }) {
  const file = usePipeline((own) => own);
  const servable = file === undefined ? undefined : servableOf(file, node);
  return servable === undefined ? null : (
    <Button size="small" icon={RadioTower} iconSize={12} onPress={() => void serveModel(servable)}>
      {t('report.serve')}
    </Button>
  );
}

export function SaveReport({ reportKey }: { reportKey: string }) {
  const { report } = useReport(reportKey);
  return (
    <Button
      size="small"
      icon={Download}
      iconSize={12}
      isDisabled={report === undefined}
      onPress={() =>
        report && saveFile(fileNameOf(report.title, 'report.json'), 'application/json', JSON.stringify(report, null, 2))
      }
    >
      {t('report.saveJson')}
    </Button>
  );
}
