import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReportBlock } from '../../../shared/report.ts';
import type { NodeRunState } from '../../../shared/run/run-state.ts';
import { RunToHere } from '../preview/preview-states.tsx';
import { ChartView } from '../report/chart-view.tsx';
import { ReportBlockView } from '../report/report-blocks.tsx';
import { useRunStates } from '../runs/use-run-states.ts';
import { useCheck } from '../state/check.ts';
import { titleOf } from '../state/commands.ts';
import { useActive, usePipeline } from '../state/documents.ts';
import { useRun } from '../state/followed-run.ts';
import { useSelectedNode } from '../state/view.ts';
import { t } from '../text/t.ts';
import { Select } from '../theme/choice.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { curveChart } from './curve-chart.ts';
import { trainingFacts, type TrainingFacts } from './training-facts.ts';
import { TrainingHead } from './training-head.tsx';
import styles from './training.module.css';

/** How a node learns: its curves, how far it is, and the buttons that steer it. Of the selected node, else of the one that learns now. */
export function TrainingPanel() {
  const selected = useSelectedNode();
  const learning = useRun((run) =>
    Object.entries(run?.state.nodes ?? {})
      .filter(([, n]) => n.curve.length > 0 || n.steerable === true)
      .sort(([, a], [, b]) => Number(b.state === 'running') - Number(a.state === 'running'))
      .map(([id]) => id)
      .join('\n'),
  );
  const ids = learning === '' ? [] : learning.split('\n');
  const [chosen, setChosen] = useState<string | null>(null);
  const node =
    selected !== undefined && (ids.includes(selected) || ids.length === 0)
      ? selected
      : chosen !== null && ids.includes(chosen)
        ? chosen
        : ids[0];
  if (node === undefined) return <EmptyState title={t('training.none')} hint={t('training.noneHint')} />;
  return <NodeTraining key={node} node={node} others={ids} onChoose={setChosen} />;
}

const noBlocks: readonly ReportBlock[] = [];

interface NodeTrainingProps {
  node: string;
  others: readonly string[];
  onChoose: (node: string) => void;
}

function NodeTraining({ node, others, onChoose }: NodeTrainingProps) {
  const draft = useActive((d) => d?.draft) ?? '';
  const title = usePipeline((file) => titleOf(file, node)) ?? node;
  const run = useLastTraining(node);
  const facts = useFacts(run);
  if (run === undefined || facts === undefined)
    return (
      <EmptyState title={t('training.notRun', { node: title })} hint={t('training.notRunHint')}>
        <RunToHere draft={draft} node={node} isPrimary />
      </EmptyState>
    );
  const shown = run.shown ?? noBlocks;
  return (
    <div className={styles.panel}>
      <TrainingHead node={node} title={title} run={run} facts={facts} />
      {others.length > 1 && <Which node={node} others={others} onChoose={onChoose} />}
      {facts.curves.length > 0 || shown.length > 0 ? (
        <div className={styles.room} tabIndex={0} role="group" aria-label={title}>
          <Curves facts={run.state === 'running' ? facts : { ...facts, steps: undefined }} />
          {shown.length > 0 && (
            <div className={styles.shown}>
              {shown.map((block, i) => (
                <ReportBlockView key={block.title ?? i} block={block} />
              ))}
            </div>
          )}
        </div>
      ) : run.state === 'running' ? (
        <EmptyState title={t('training.waiting')} />
      ) : (
        <EmptyState title={t('training.noCurve')} hint={t('training.noCurveHint', { node: title })} />
      )}
    </div>
  );
}

function Which({ node, others, onChoose }: NodeTrainingProps) {
  const titles = usePipeline((file) => others.map((id) => titleOf(file, id)).join('\n')) ?? '';
  return (
    <div className={styles.which}>
      <Select
        label={t('training.which')}
        layout="bare"
        value={node}
        onChange={onChoose}
        options={others.map((id, i) => ({ id, title: titles.split('\n')[i] ?? id }))}
      />
    </div>
  );
}

function Curves({ facts }: { facts: TrainingFacts }) {
  const { unit, steps, best } = facts;
  return (
    <div className={styles.curves}>
      {facts.curves.map((curve) => (
        <figure key={curve.measure} className={styles.curve} data-one={curve.series.length === 1 || undefined}>
          <CurveView curve={curve} unit={unit} steps={steps} best={best} />
        </figure>
      ))}
    </div>
  );
}

function CurveView({
  curve,
  unit,
  steps,
  best,
}: Pick<TrainingFacts, 'unit' | 'steps' | 'best'> & { curve: TrainingFacts['curves'][number] }) {
  // The panel is rendered with every step that is told, the chart with every sample of them.
  const block = useMemo(() => curveChart(curve, { unit, steps, best }), [curve, unit, steps, best]);
  return (
    <>
      <figcaption>
        {block.title}
        {best !== undefined && best.measure === curve.measure && (
          <small>
            {t('training.bestAt', {
              value: best.value.toPrecision(3),
              unit: unit ?? t('training.step'),
              step: best.step,
            })}
          </small>
        )}
      </figcaption>
      <div>
        <ChartView block={block} />
      </div>
    </>
  );
}

/** What the followed run tells of the node; else what the history holds of the run that made its result. */
function useLastTraining(node: string): NodeRunState | undefined {
  const live = useRun((run) => run?.state.nodes[node]);
  const made = useCheck((r) => r?.nodes[node]?.freshness.run);
  const isTold = live !== undefined && (live.curve.length > 0 || live.state === 'running');
  const states = useRunStates(isTold || made === undefined ? [] : [made]);
  if (isTold) return live;
  return (made === undefined ? undefined : states[made]?.nodes[node]) ?? live;
}

const learns = (run: NodeRunState | undefined): boolean => run?.state === 'running' && run.pausedMs === undefined;

const sampleMs = 500;
/** On a machine that draws slowly, so many times what drawing takes is left to clicks. */
const restShare = 4;

/** What is told of the run; while it learns, as it was at the last half second: drawing a curve for each step would leave the page no time for clicks. */
function useFacts(run: NodeRunState | undefined): TrainingFacts | undefined {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  }, [run]);
  const [sample, setSample] = useState(() => ({ run, nowMs: Date.now() }));
  const isLearning = learns(run);
  useEffect(() => {
    if (!isLearning) return;
    let timer: ReturnType<typeof setTimeout>;
    let frame = 0;
    const look = (): void => {
      const beganMs = performance.now();
      setSample({ run: latest.current, nowMs: Date.now() });
      // After the frame that shows it: a page that nobody sees draws none, and looks again when it is seen.
      frame = requestAnimationFrame(() => {
        timer = setTimeout(() => {
          timer = setTimeout(look, Math.max(sampleMs, restShare * (performance.now() - beganMs)));
        });
      });
    };
    timer = setTimeout(look, sampleMs);
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [isLearning]);
  const isOfNow = isLearning && learns(sample.run) && sample.run?.startedMs === run?.startedMs;
  const seen = isOfNow ? sample.run : run;
  return useMemo(() => (seen === undefined ? undefined : trainingFacts(seen, sample.nowMs)), [seen, sample.nowMs]);
}
