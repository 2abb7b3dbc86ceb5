import { ArrowLeft, FileChartColumn, History } from 'lucide-react';
import { specs } from '../../../nodes/specs.ts';
import { titleOf } from '../state/documents/commands.ts';
import { useActive } from '../state/documents/documents.ts';
import { documentTitle } from '../state/files/files.ts';
import { revealNode, showScreen } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { categoryColor } from '../theme/category.ts';
import { kindIcon } from '../theme/kind-icon.ts';
import { Tile } from '../theme/tile.tsx';
import { SaveReport, ServeModel } from './report-panel.tsx';
import { LearnersCompared } from './learners-compared.tsx';
import { ReportView, useReport } from './report-view.tsx';
import styles from './report.module.css';

/** A report in full size. */
export default function ReportScreen({ reportKey, node }: { reportKey: string; node: string }) {
  const document = useActive((d) => d);
  const { report } = useReport(reportKey);
  const spec = specs.get(document?.file.nodes[node]?.kind ?? '');
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <IconButton
          icon={ArrowLeft}
          label={t('report.back')}
          onPress={() =>
            document?.file.nodes[node] ? revealNode(node) : showScreen({ name: document ? 'pipeline' : 'runs' })
          }
        />
        <Tile
          icon={spec ? kindIcon(spec) : FileChartColumn}
          color={spec ? categoryColor(spec.category) : 'var(--eval)'}
          size="big"
        />
        <div>
          <h1>{report?.title ?? t('report.loading')}</h1>
          {document && <p>{`${documentTitle(document)} · ${titleOf(document.file, node)}`}</p>}
        </div>
        <div className={styles.actions}>
          <Button size="small" icon={History} iconSize={12} onPress={() => showScreen({ name: 'runs' })}>
            {t('report.compareRuns')}
          </Button>
          {document?.file.nodes[node] && <ServeModel node={node} />}
          <SaveReport reportKey={reportKey} />
        </div>
      </header>
      {document?.file.nodes[node] && <LearnersCompared node={node} />}
      <ReportView reportKey={reportKey} node={node} />
    </div>
  );
}
