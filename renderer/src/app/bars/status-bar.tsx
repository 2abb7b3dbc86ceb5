import { AppWindow, CircleX, Cpu, RotateCw, TriangleAlert } from 'lucide-react';
import { Button } from 'react-aria-components';
import { runAction, shortcutOf } from '../../actions/registry.ts';
import { useDevices } from '../../devices/use-devices.ts';
import { useApp } from '../../state/window/app-info.ts';
import { useCheck } from '../../state/runs/check.ts';
import { useProblems } from '../../state/runs/problems.ts';
import { useActive } from '../../state/documents/documents.ts';
import { useSaveState } from '../../state/documents/save-state.ts';
import { useNewBuild } from '../../state/window/new-build.ts';
import { reloadWindow } from '../../state/window/reload-window.ts';
import { select, showDrawer, useView } from '../../state/window/view.ts';
import { sayBytes, sayWhen } from '../../text/say.ts';
import { t } from '../../text/t.ts';
import { Icon } from '../../theme/icon.tsx';
import { Tip } from '../../theme/tip.tsx';
import styles from './status-bar.module.css';

export function StatusBar() {
  const connection = useApp((s) => s.connection);
  const onPipeline = useView((s) => s.screen.name === 'pipeline');
  const readOnly = useApp((s) => s.info?.readOnly === true);
  return (
    <footer className={styles.status}>
      <span role="status">
        <i className={styles.light} data-connection={connection} />
        {t(
          connection === 'ready'
            ? 'app.status.ready'
            : connection === 'lost'
              ? 'app.status.lost'
              : connection === 'ended'
                ? 'app.status.ended'
                : 'app.status.connecting',
        )}
      </span>
      {onPipeline && <PipelineStatus />}
      <span className={styles.spacer} />
      <NewBuild />
      {readOnly && <span className={styles.warn}>{t('app.status.readOnly')}</span>}
      <Device />
      <Machine />
      {onPipeline && <Windows />}
      {onPipeline && <Saved />}
    </footer>
  );
}

/** Flowyard was updated under this window. */
function NewBuild() {
  const isThere = useNewBuild((s) => s.isThere);
  if (!isThere) return null;
  return (
    <Tip text={t('app.status.newBuildWhy')}>
      <Button className={`${styles.statusButton} ${styles.warn}`} onPress={reloadWindow}>
        <Icon of={RotateCw} size={12} stroke={1.6} />
        {t('app.status.newBuild')}
      </Button>
    </Tip>
  );
}

function PipelineStatus() {
  const problems = useProblems();
  const errors = problems.filter((p) => p.severity === 'error').length;
  const warnings = problems.filter((p) => p.severity === 'warning').length;
  const stale = useCheck((r) =>
    r === undefined
      ? ''
      : Object.entries(r.nodes)
          .flatMap(([id, n]) => (n.freshness.state === 'stale' ? [id] : []))
          .join('\n'),
  );
  const staleIds = stale === '' ? [] : stale.split('\n');
  return (
    <>
      {errors > 0 && (
        <Button className={`${styles.statusButton} ${styles.bad}`} onPress={() => showDrawer('problems')}>
          <Icon of={CircleX} size={12} stroke={1.6} />
          {t('app.status.problems', { count: errors })}
        </Button>
      )}
      {warnings > 0 && (
        <Button className={`${styles.statusButton} ${styles.warn}`} onPress={() => showDrawer('problems')}>
          <Icon of={TriangleAlert} size={12} stroke={1.6} />
          {t('app.status.warnings', { count: warnings })}
        </Button>
      )}
      {staleIds.length > 0 && (
        <Button className={`${styles.statusButton} ${styles.warn}`} onPress={() => select({ nodes: staleIds })}>
          <Icon of={RotateCw} size={12} stroke={1.6} />
          {t('app.status.stale', { count: staleIds.length })}
        </Button>
      )}
    </>
  );
}

/** What networks compute on; pressed, all of it. */
function Device() {
  const { report } = useDevices();
  if (report === null) return null;
  const { name, reason } = report.used;
  return (
    <Tip text={t('devices.status', { name, reason })}>
      <Button className={styles.statusButton ?? ''} onPress={() => runAction('view.devices')}>
        <Icon of={Cpu} size={12} stroke={1.6} />
        {name}
      </Button>
    </Tip>
  );
}

function Machine() {
  const memory = useApp((s) => s.info?.memory_bytes);
  const used = useApp((s) => s.status?.rss_bytes);
  const cache = useApp((s) => s.status?.cache_bytes);
  return (
    <>
      {cache !== undefined && <span>{t('app.status.cache', { bytes: sayBytes(cache) })}</span>}
      {memory !== undefined && used !== undefined && (
        <span>{t('app.status.memory', { used: sayBytes(used), total: sayBytes(memory) })}</span>
      )}
    </>
  );
}

/** Said where it is so: what is done here stands there at once. */
function Windows() {
  const windows = useActive((d) => d?.windows ?? 1);
  if (windows < 2) return null;
  return (
    <Tip text={t('app.together.windowsTip')}>
      <Button className={styles.statusButton ?? ''}>
        <Icon of={AppWindow} size={12} stroke={1.6} />
        {t('app.together.windows', { count: windows })}
      </Button>
    </Tip>
  );
}

/** Pressed, it saves. */
function Saved() {
  const state = useSaveState();
  const path = useActive((d) => d?.path ?? null);
  if (state === undefined || state.name === 'empty') return null;
  if (state.name === 'saving') return <span>{t('app.save.saving')}</span>;
  if (state.name === 'saved')
    return state.atMs === null ? null : <span>{t('app.status.saved', { time: sayWhen(state.atMs) })}</span>;
  const isFailed = state.name === 'failed';
  return (
    <Tip text={isFailed ? state.problem.message : t('app.save.press')} shortcut={shortcutOf('file.save')}>
      <Button
        className={`${styles.statusButton} ${isFailed ? styles.bad : styles.warn}`}
        onPress={() => runAction('file.save')}
      >
        {t(isFailed ? 'app.save.failed' : path === null ? 'app.status.notSaved' : 'app.status.edited')}
      </Button>
    </Tip>
  );
}
