import { Flag, Pause, Play, Square } from 'lucide-react';
import { useState } from 'react';
import { specs } from '../../../nodes/specs.ts';
import type { NodeRunState } from '../../../shared/run/run-state.ts';
import type { Steer } from '../../../shared/rpc/contract/training.ts';
import { runAction } from '../actions/registry.ts';
import { usePipeline } from '../state/documents.ts';
import { isRunning, useRun } from '../state/followed-run.ts';
import { steer } from '../state/steer.ts';
import { sayBytes, sayCount, sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { categoryColor } from '../theme/category.ts';
import { kindIcon } from '../theme/kind-icon.ts';
import { Chip } from '../theme/surface.tsx';
import { Tile } from '../theme/tile.tsx';
import { Tip } from '../theme/tip.tsx';
import { isMachineFigure, type TrainingFacts } from './training-facts.ts';
import styles from './training.module.css';

interface HeadProps {
  node: string;
  title: string;
  run: NodeRunState;
  facts: TrainingFacts;
}

/** Who learns, how far it is, how long it will take, what it costs, and the buttons that steer it. */
export function TrainingHead({ node, title, run, facts }: HeadProps) {
  const spec = specs.get(usePipeline((file) => file.nodes[node]?.kind) ?? '');
  const isOn = run.state === 'running';
  return (
    <header className={styles.head}>
      <Tile icon={kindIcon(spec)} color={spec ? categoryColor(spec.category) : 'var(--gov)'} />
      <b className={styles.title}>{title}</b>
      {facts.of !== undefined && <Chip>{t('training.fold', { of: facts.of })}</Chip>}
      {run.pausedMs !== undefined && isOn && <Chip tone="warn">{t('training.paused')}</Chip>}
      {run.finishing === true && <Chip tone="warn">{t('training.endedEarly')}</Chip>}
      {isOn && <Progress run={run} facts={facts} />}
      <Figures run={run} facts={facts} />
      <span className={styles.spacer} />
      {isOn && <SteerButtons node={node} run={run} facts={facts} />}
    </header>
  );
}

function Progress({ run, facts }: Pick<HeadProps, 'run' | 'facts'>) {
  const share = run.progress ?? null;
  const bestShare = facts.best && facts.steps ? facts.best.step / facts.steps : undefined;
  return (
    <span
      className={styles.progress}
      role="progressbar"
      aria-label={t('states.running')}
      {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
    >
      <i style={{ width: `${(share ?? 0) * 100}%` }} />
      {bestShare !== undefined && bestShare <= 1 && (
        <em style={{ left: `${bestShare * 100}%` }} title={t('training.best')} />
      )}
    </span>
  );
}

interface Figure {
  value: string;
  about: string;
}

function Figures({ run, facts }: Pick<HeadProps, 'run' | 'facts'>) {
  const figures: Figure[] = [
    ...(facts.step === undefined ? [] : [stepFigure(facts)]),
    ...timeFigures(run, facts),
    ...Object.entries(facts.machine).flatMap(([name, value]) => machineFigure(name, value)),
  ];
  return figures.map(({ value, about }) => (
    <span key={about} className={styles.figure}>
      <b>{value}</b>
      <small>{about}</small>
    </span>
  ));
}

const stepFigure = ({ step = 0, steps, unit }: TrainingFacts): Figure => ({
  value: steps === undefined ? sayCount(step) : t('training.of', { step: sayCount(step), steps: sayCount(steps) }),
  about: unit ?? t('training.step'),
});

function timeFigures(run: NodeRunState, { elapsedMs, leftMs }: TrainingFacts): Figure[] {
  if (elapsedMs === undefined) return [];
  const soFar = t('training.soFar', { time: sayDuration(elapsedMs) });
  if (run.state !== 'running') return [{ value: sayDuration(elapsedMs), about: t('training.took') }];
  return leftMs === undefined
    ? [{ value: sayDuration(elapsedMs), about: t('training.soFarAlone') }]
    : [{ value: t('training.left', { time: sayDuration(leftMs) }), about: soFar }];
}

function machineFigure(name: string, value: number | undefined): Figure[] {
  if (value === undefined || !isMachineFigure(name)) return [];
  const shown = name.endsWith('_bytes') ? sayBytes(value) : value >= 100 ? sayCount(value) : value.toPrecision(3);
  return [{ value: shown, about: t(`training.figures.${name}`) }];
}

/** What was asked is shown at once; the fact follows when the node heeds it. */
function SteerButtons({ node, run, facts }: Pick<HeadProps, 'node' | 'run' | 'facts'>) {
  const [asked, setAsked] = useState<Steer | null>(null);
  const isStopping = useRun((r) => r?.stopping === true);
  const isLive = useRun(isRunning);
  const isPaused = run.pausedMs !== undefined;
  const ask = (to: Steer): void => {
    setAsked(to);
    void steer(to, node);
  };
  if (!isLive) return null;
  const isPausing = asked === 'pause' && !isPaused;
  const isEnding = run.finishing === true || (asked === 'finish' && !isPaused);
  return (
    <span className={styles.buttons}>
      {run.steerable === true && (
        <>
          <Tip text={t('training.keepBestTip')}>
            <Button size="small" icon={Flag} iconSize={12} isDisabled={isEnding} onPress={() => ask('finish')}>
              {isEnding
                ? t('training.finishing')
                : facts.best === undefined
                  ? t('training.keepBest')
                  : t('training.keepBestAt', { step: facts.best.step })}
            </Button>
          </Tip>
          {isPaused ? (
            <Button size="small" look="primary" icon={Play} iconSize={12} solidIcon onPress={() => ask('resume')}>
              {t('training.resume')}
            </Button>
          ) : (
            <Button
              size="small"
              icon={Pause}
              iconSize={12}
              solidIcon
              isDisabled={isPausing || isEnding}
              onPress={() => ask('pause')}
            >
              {isPausing ? t('training.pausing') : t('training.pause')}
            </Button>
          )}
        </>
      )}
      <Tip text={t('training.stopTip')}>
        <Button
          size="small"
          look="danger"
          icon={Square}
          iconSize={10}
          solidIcon
          isDisabled={isStopping}
          onPress={() => runAction('run.stop')}
        >
          {isStopping ? t('app.run.stopping') : t('training.stop')}
        </Button>
      </Tip>
    </span>
  );
}
