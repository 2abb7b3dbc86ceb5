import { Copy } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { titleOf } from '../state/documents/commands.ts';
import { useActive } from '../state/documents/documents.ts';
import { useRun } from '../state/runs/followed-run.ts';
import { revealNode, useSelection } from '../state/window/view.ts';
import { sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { logLines, type LogLine } from './log-lines.ts';
import styles from './log.module.css';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What the run said: of the selected nodes, or of all. Stays at its end while lines come. */
export function LogPanel() {
  const run = useRun((r) => r?.state);
  const file = useActive((d) => d?.file);
  const chosen = useSelection((s) => s.nodes);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => (run === undefined ? [] : logLines(run)), [run]);
  const shown = chosen.length === 0 ? lines : lines.filter((line) => chosen.includes(line.node));
  useEffect(() => {
    const element = box.current;
    if (element !== null && element.scrollHeight - element.scrollTop - element.clientHeight < 80)
      element.scrollTop = element.scrollHeight;
  }, [shown.length]);
  if (run === undefined || file === undefined) return <EmptyState title={t('log.none')} hint={t('log.noneHint')} />;
  return (
    <div className={styles.panel}>
      <div className={styles.tools}>
        <span>{run.run}</span>
        <span>{run.status === 'starting' ? t('app.run.preparing') : t(`states.${run.status}`)}</span>
        {run.ms !== undefined && <span>{sayDuration(run.ms)}</span>}
        <Button
          size="small"
          look="quiet"
          icon={Copy}
          iconSize={12}
          onPress={() => void navigator.clipboard?.writeText(shown.map(plainLine).join('\n'))}
        >
          {t('common.copy')}
        </Button>
      </div>
      <div ref={box} className={styles.lines} role="log" aria-label={t('app.drawerTabs.log')} tabIndex={0}>
        {shown.map((line, i) => (
          <div key={i} className={styles.line} data-level={line.level}>
            <time>{clock.format(line.timeMs)}</time>
            <Button look="link" onPress={() => revealNode(line.node)}>
              {titleOf(file, line.node)}
            </Button>
            <span>{line.text}</span>
          </div>
        ))}
        {run.problem && (
          <div className={styles.line} data-level="error">
            <time />
            <i />
            <span>
              {run.problem.message} {run.problem.mend}
            </span>
          </div>
        )}
      </div>
    </div>
  );
}

const plainLine = (line: LogLine): string =>
  `${new Date(line.timeMs).toISOString()} ${line.node} ${line.level} ${line.text}`;
