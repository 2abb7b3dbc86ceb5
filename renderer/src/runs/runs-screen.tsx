import { useCallback, useState } from 'react';
import { titleOfMetric } from '../../../shared/metric-title.ts';
import { host } from '../rpc/host.ts';
import { useList } from '../state/window/use-list.ts';
import { showScreen, useView } from '../state/window/view.ts';
import { sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { FirstSteps } from '../examples/first-steps.tsx';
import { Checkbox } from '../theme/choice.tsx';
import styles from '../theme/master.module.css';
import { MasterScreen } from '../theme/master.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { headline, sayFigure, type Run } from '../state/runs/compare-runs.ts';
import { Comparison } from './comparison.tsx';
import { OneRun } from './one-run.tsx';
import { RunLetter } from './run-letter.tsx';
import { Status } from './run-status.tsx';

const pageSize = 100;

/** Every run that was made: what it did, and any of them side by side. */
export function RunsScreen() {
  const [limit, setLimit] = useState(pageSize);
  const read = useCallback(() => host()['runs.list']({ limit, before_ms: null, pipeline: null }), [limit]);
  const { list, problem } = useList('runs', read);
  const [text, setText] = useState('');
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const chosen = useView((s) => (s.screen.name === 'runs' ? s.screen.run : undefined));
  const shown = list?.filter((run) =>
    `${run.title} ${run.pipeline} ${run.status} ${run.id}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const compared = (list ?? []).filter((run) => ticked.includes(run.id));
  const one =
    compared.length === 1
      ? compared[0]
      : (list?.find((run) => run.id === chosen) ?? (compared.length === 0 ? list?.[0] : undefined));
  return (
    <MasterScreen
      title={t('runs.title')}
      count={list?.length}
      find={t('runs.find')}
      text={text}
      onText={setText}
      list={
        <>
          {shown?.length === 0 && list?.length !== 0 && <p className={styles.group}>{t('runs.noneFound')}</p>}
          {byDay(shown ?? []).map(([day, runs]) => (
            <section key={day}>
              <h2 className={styles.group}>{day}</h2>
              {runs.map((run) => (
                <RunItem
                  key={run.id}
                  run={run}
                  current={run.id === one?.id && compared.length < 2}
                  letter={compared.length > 1 ? compared.indexOf(run) : -1}
                  ticked={ticked.includes(run.id)}
                  onTick={(on) => setTicked(on ? [...ticked, run.id] : ticked.filter((id) => id !== run.id))}
                />
              ))}
            </section>
          ))}
          {(list?.length ?? 0) > 1 && compared.length < 2 && <p className={styles.group}>{t('runs.compareHint')}</p>}
          {list !== undefined && list.length >= limit && limit < 500 && (
            <Button look="link" onPress={() => setLimit(Math.min(500, limit + pageSize))}>
              {t('runs.older')}
            </Button>
          )}
        </>
      }
    >
      {problem && list === undefined ? (
        <EmptyState title={problem.message} hint={problem.mend} />
      ) : list?.length === 0 ? (
        <EmptyState title={t('runs.none')} hint={t('runs.noneHint')}>
          <FirstSteps />
        </EmptyState>
      ) : compared.length > 1 ? (
        <Comparison runs={compared} />
      ) : one ? (
        <OneRun key={one.id} run={one} />
      ) : (
        <EmptyState title={t('common.loading')} />
      )}
    </MasterScreen>
  );
}

function RunItem({
  run,
  current,
  letter,
  ticked,
  onTick,
}: {
  run: Run;
  current: boolean;
  /** Its place among the compared; −1: it is not among them. */
  letter: number;
  ticked: boolean;
  onTick: (on: boolean) => void;
}) {
  const figure = headline(run);
  return (
    <div className={styles.item} data-current={current || ticked || undefined}>
      <Checkbox aria-label={t('runs.select', { title: run.title })} isSelected={ticked} onChange={onTick} />
      <button
        type="button"
        className={styles.itemMain}
        aria-current={current}
        onClick={() => showScreen({ name: 'runs', run: run.id })}
      >
        <b>{run.title || run.pipeline || run.id}</b>
        <small>
          {new Date(run.started_ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })} ·{' '}
          {t('runs.counts', { computed: run.computed, cached: run.cached })}
        </small>
      </button>
      <span className={styles.itemEnd}>
        {letter >= 0 && <RunLetter index={letter} />}
        <Status status={run.status} />
        {figure && <span title={`${titleOfMetric(figure.name)} (${figure.node})`}>{sayFigure(figure.value)}</span>}
      </span>
    </div>
  );
}

function byDay(runs: readonly Run[]): [string, Run[]][] {
  const days = new Map<string, Run[]>();
  for (const run of runs) {
    const day = sayWhen(run.started_ms).replace(/, .*$/, '');
    days.set(day, [...(days.get(day) ?? []), run]);
  }
  return [...days];
}
