import { Check, ChevronsRight, Pause, Play, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { largest } from '../../../shared/append.ts';
import type { NodeRunState } from '../../../shared/run/run-state.ts';
import { runAction, shortcutOf } from '../actions/registry.ts';
import { TargetPicker } from '../clusters/target-picker.tsx';
import { sayAllMoves } from '../canvas/wire-move.ts';
import { LimitsButton } from '../limits/limits-button.tsx';
import { useIsConnected } from '../state/app-info.ts';
import { useCheck } from '../state/check.ts';
import { useActive, usePipeline } from '../state/documents.ts';
import { isRunning, useRun } from '../state/followed-run.ts';
import { useSteering } from '../state/steer.ts';
import { useSelectedNode } from '../state/view.ts';
import { sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { timesOf } from '../training/training-facts.ts';
import { Icon } from '../theme/icon.tsx';
import { Tip } from '../theme/tip.tsx';
import styles from './run-controls.module.css';

/** The run group: its button says what a run would do now; while one is under way, how far it is. */
export function RunControls() {
  const running = useRun(isRunning);
  const stopping = useRun((run) => run?.stopping === true);
  const selected = useSelectedNode();
  const trusted = useActive((d) => d?.trusted ?? false);
  // The banner says why.
  const isConnected = useIsConnected();
  return (
    <div className={styles.run} role="group" aria-label={t('actions.groups.run')}>
      <PlanButton disabled={running || !trusted || !isConnected} />
      <Tip text={t('actions.runToHere')} shortcut={shortcutOf('run.to-here')}>
        <Button
          className={styles.runButton ?? ''}
          isDisabled={running || !trusted || !isConnected || selected === undefined}
          onPress={() => runAction('run.to-here')}
        >
          <Icon of={ChevronsRight} size={14} />
          {t('app.run.toHere')}
        </Button>
      </Tip>
      <TargetPicker disabled={running} />
      <LimitsButton />
      {running && (
        <>
          <PauseButton />
          <Button
            className={`${styles.runButton} ${styles.stop}`}
            isDisabled={stopping || !isConnected}
            onPress={() => runAction('run.stop')}
          >
            <Icon of={Square} size={10} solid />
            {stopping ? t('app.run.stopping') : t('app.run.stop')}
          </Button>
          <Progress />
        </>
      )}
    </div>
  );
}

/** Only while something trains that can be paused. */
function PauseButton() {
  const steering = useSteering();
  if (steering === 'none') return null;
  const isPaused = steering === 'paused';
  return (
    <Tip text={t(isPaused ? 'actions.resume' : 'actions.pause')} shortcut={shortcutOf('run.pause')}>
      <Button className={styles.runButton ?? ''} onPress={() => runAction('run.pause')}>
        <Icon of={isPaused ? Play : Pause} size={12} solid />
        {t(isPaused ? 'app.run.resume' : 'app.run.pause')}
      </Button>
    </Tip>
  );
}

function PlanButton({ disabled }: { disabled: boolean }) {
  const count = useCheck((r) => r?.plan.compute.length);
  const total = useCheck((r) => r?.plan.total);
  const estimateMs = useCheck((r) => r?.plan.estimate_ms ?? null);
  const error = useCheck((r) => r?.problems.find((p) => p.severity === 'error')?.message);
  const empty = usePipeline((file) => Object.keys(file.nodes).length === 0) ?? true;
  const isFresh = !empty && count === 0 && (total ?? 0) > 0 && error === undefined;
  const text =
    empty || count === undefined || total === undefined
      ? t('app.run.all')
      : isFresh
        ? t('app.run.fresh')
        : count === total || count === 0
          ? t('app.run.all')
          : t('app.run.plan', { count, total });
  const moves = useCheck((r) => sayAllMoves(r?.plan.placed));
  const parts = useCheck((r) => r?.plan.parts.map(({ node, text }) => `${node}: ${text}`).join('\n'));
  const time =
    estimateMs === null || count === 0 ? t('actions.run') : t('app.run.estimate', { time: sayDuration(estimateMs) });
  const tip =
    error !== undefined
      ? t('app.run.whyBlocked', { problem: error })
      : [time, moves, parts].filter((line) => line !== undefined && line !== '').join('\n');
  return (
    <Tip text={tip} shortcut={shortcutOf('run.all')}>
      <Button
        className={`${styles.runButton} ${isFresh ? styles.fresh : styles.primary}`}
        isDisabled={disabled || empty}
        onPress={() => runAction('run.all')}
        data-testid="run"
      >
        {isFresh ? <Icon of={Check} size={13} stroke={1.8} /> : <Icon of={Play} size={12} solid />}
        {text}
        <kbd>{shortcutOf('run.all')}</kbd>
      </Button>
    </Tip>
  );
}

/** Nodes done of those planned, and the time left at the pace so far. */
function Progress() {
  const planned = useRun((run) => run?.state.planned?.compute.length);
  const done = useRun((run) => {
    const compute = run?.state.planned?.compute ?? [];
    return compute.filter((id) => run?.state.nodes[id]?.state === 'done').length;
  });
  const part = useRun((run) =>
    Object.values(run?.state.nodes ?? {}).reduce((sum, n) => sum + (n.state === 'running' ? (n.progress ?? 0) : 0), 0),
  );
  const nodes = useRun((run) => run?.state.nodes);
  const waits = useRun((run) => run?.state.waits);
  const startedMs = useRun((run) => run?.state.startedMs ?? 0);
  const estimateMs = useCheck((r) => r?.plan.estimate_ms ?? null);
  const nowMs = useSecond();
  const isPaused = useSteering() === 'paused';
  if (planned === undefined)
    return (
      <span className={`${styles.progressText} ${styles.waits}`} title={waits}>
        {waits ?? t('app.run.preparing')}
      </span>
    );
  const share = planned === 0 ? 1 : Math.min(1, (done + part) / planned);
  const elapsed = startedMs > 0 ? nowMs - startedMs : 0;
  const leftMs =
    // What works knows its own pace; how many nodes are done says little of it.
    slowestLeftMs(nodes, nowMs) ??
    (share > 0.05 && elapsed > 1500
      ? (elapsed * (1 - share)) / share
      : estimateMs !== null && estimateMs > elapsed
        ? estimateMs - elapsed
        : undefined);
  const words = [
    t('app.run.progress', { done: String(done), total: String(planned) }),
    isPaused
      ? t('states.paused').toLowerCase()
      : leftMs === undefined
        ? undefined
        : t('app.run.left', { time: sayDuration(leftMs) }),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <>
      <span
        className={styles.progress}
        role="progressbar"
        aria-label={t('states.running')}
        aria-valuenow={Math.round(share * 100)}
      >
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span className={styles.progressText}>{words}</span>
    </>
  );
}

function slowestLeftMs(nodes: Readonly<Record<string, NodeRunState>> | undefined, nowMs: number): number | undefined {
  const left = Object.values(nodes ?? {}).flatMap((node) => timesOf(node, nowMs).leftMs ?? []);
  return left.length === 0 ? undefined : largest(left);
}

function useSecond(): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
