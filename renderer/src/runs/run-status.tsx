import { Check, Circle, CirclePause, Clock, SkipForward, Unplug, X, Zap, type LucideIcon } from 'lucide-react';
import type { NodeRunStateName } from '../../../shared/run/run-state.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import styles from '../theme/master.module.css';
import { ProgressRing } from '../theme/surface.tsx';

const signs: Readonly<Record<NodeRunStateName, LucideIcon>> = {
  idle: Circle,
  queued: Clock,
  running: Clock,
  done: Check,
  cached: Zap,
  failed: X,
  skipped: SkipForward,
  cancelled: CirclePause,
  interrupted: Unplug,
};

/** How a run, or a node in it, stands: its sign, and its word where it is not simply done. */
export function Status({ status, words = false }: { status: NodeRunStateName; words?: boolean }) {
  return (
    <span className={styles.state} data-status={status} title={t(`states.${status}`)}>
      {status === 'running' ? (
        <ProgressRing fraction={null} size={13} />
      ) : (
        <Icon of={signs[status]} size={13} stroke={1.7} />
      )}
      <span className={words || status !== 'done' ? undefined : 'visually-hidden'}>{t(`states.${status}`)}</span>
    </span>
  );
}
