import { Check, CirclePause, Clock, Unplug, X, type LucideIcon } from 'lucide-react';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import styles from '../theme/master.module.css';
import { ProgressRing } from '../theme/surface.tsx';
import type { Run } from './compare-runs.ts';

const signs: Readonly<Record<Run['status'], LucideIcon>> = {
  queued: Clock,
  running: Clock,
  done: Check,
  failed: X,
  cancelled: CirclePause,
  interrupted: Unplug,
};

/** How a run stands: its sign, and its word where it is not simply done. */
export function Status({ run, words = false }: { run: Run; words?: boolean }) {
  return (
    <span className={styles.state} data-status={run.status} title={t(`states.${run.status}`)}>
      {run.status === 'running' ? (
        <ProgressRing fraction={null} size={13} />
      ) : (
        <Icon of={signs[run.status]} size={13} stroke={1.7} />
      )}
      <span className={words || run.status !== 'done' ? undefined : 'visually-hidden'}>
        {t(`states.${run.status}`)}
      </span>
    </span>
  );
}
