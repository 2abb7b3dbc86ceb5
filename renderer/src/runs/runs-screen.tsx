import { Check, CirclePause, Clock, History, Square, Trash2, Unplug, Workflow, X, type LucideIcon } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { openDocument } from '../state/documents.ts';
import { openPath } from '../state/files.ts';
import { toastProblem } from '../state/toasts.ts';
import { useList } from '../state/use-list.ts';
import { showScreen, useView } from '../state/view.ts';
import { sayDuration, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Checkbox } from '../theme/choice.tsx';
import { Icon } from '../theme/icon.tsx';
import { Card, Facts, MasterScreen } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { EmptyState, ProgressRing } from '../theme/surface.tsx';
import { differences, figures, sayFigure, type Run } from './compare-runs.ts';

const pageSize = 100;
const signs: Readonly<Record<Run['status'], LucideIcon>> = { queued: Clock, running: Clock, done: Check, failed: X, cancelled: CirclePause, interrupted: Unplug };

/** Every run that was made: what it did, and any of them side by side. */
export function RunsScreen() {
  const [limit, setLimit] = useState(pageSize);
  const read = useCallback(() => host()['runs.list']({ limit, before_ms: null, pipeline: null }), [limit]);
  const { list, problem } = useList('runs', read);
  const [text, setText] = useState('');
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const chosen = useView((s) => (s.screen.name === 'runs' ? s.screen.run : undefined));
  const shown = list?.filter((run) => `${run.title} ${run.pipeline} ${run.status} ${run.id}`.toLowerCase().includes(text.trim().toLowerCase()));
  const compared = (list ?? []).filter((run) => ticked.includes(run.id));
  const one = compared.length === 1 ? compared[0] : (list?.find((run) => run.id === chosen) ?? (compared.length === 0 ? list?.[0] : undefined));
  return (
    <MasterScreen
      title={t('runs.title')}
      count={list?.length}
      find={t('runs.find')}
      text={text}
      onText={setText}
      list={
        <>
          {shown?.length === 0 && <p className={styles.group}>{t('runs.noneFound')}</p>}
          {byDay(shown ?? []).map(([day, runs]) => (
            <section key={day}>
              <h2 className={styles.group}>{day}</h2>
              {runs.map((run) => (
                <RunItem key={run.id} run={run} current={run.id === one?.id && compared.length < 2} ticked={ticked.includes(run.id)} onTick={(on) => setTicked(on ? [...ticked, run.id] : ticked.filter((id) => id !== run.id))} />
              ))}
            </section>
          ))}
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
        <EmptyState title={t('runs.none')} hint={t('runs.noneHint')} />
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

function RunItem({ run, current, ticked, onTick }: { run: Run; current: boolean; ticked: boolean; onTick: (on: boolean) => void }) {
  const first = Object.values(run.metrics).flatMap((metrics) => Object.entries(metrics))[0];
  return (
    <div className={styles.item} data-current={current || ticked || undefined}>
      <Checkbox aria-label={t('runs.select', { title: run.title })} isSelected={ticked} onChange={onTick} />
      <button type="button" className={styles.itemMain} aria-current={current} onClick={() => showScreen({ name: 'runs', run: run.id })}>
        <b>{run.title || run.pipeline || run.id}</b>
        <small>
          {new Date(run.started_ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })} · {t('runs.counts', { computed: run.computed, cached: run.cached })}
        </small>
      </button>
      <span className={styles.itemEnd}>
        <Status run={run} />
        {first && <span title={first[0]}>{sayFigure(first[1])}</span>}
      </span>
    </div>
  );
}

function Status({ run, words = false }: { run: Run; words?: boolean }) {
  return (
    <span className={styles.state} data-status={run.status} title={t(`states.${run.status}`)}>
      {run.status === 'running' ? <ProgressRing fraction={null} size={13} /> : <Icon of={signs[run.status]} size={13} stroke={1.7} />}
      <span className={words || run.status !== 'done' ? undefined : 'visually-hidden'}>{t(`states.${run.status}`)}</span>
    </span>
  );
}

function OneRun({ run }: { run: Run }) {
  const [file, setFile] = useState<Answer<'runs.get'>['file']>();
  useEffect(() => {
    let gone = false;
    host()
      ['runs.get']({ run: run.id })
      .then((answer) => {
        if (!gone) setFile(answer.file);
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [run.id]);
  const ask = (work: Promise<unknown>): void => void work.catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  const isLive = run.status === 'running' || run.status === 'queued';
  return (
    <>
      <header className={styles.mainHead}>
        <div>
          <h2>{run.title || run.pipeline || run.id}</h2>
          <p>{`${sayWhen(run.started_ms, Date.now())} · ${t('runs.counts', { computed: run.computed, cached: run.cached })}`}</p>
        </div>
        <div className={styles.actions}>
          {isLive && (
            <Button look="danger" icon={Square} onPress={() => ask(host()['runs.cancel']({ run: run.id }))}>
              {t('runs.cancel')}
            </Button>
          )}
          {run.pipeline !== '' && (
            <Button icon={Workflow} onPress={() => void openPath(run.pipeline)}>
              {t('runs.openPipeline')}
            </Button>
          )}
          <Button
            icon={History}
            isDisabled={file === undefined}
            onPress={() => {
              if (file === undefined) return;
              openDocument({ ...file, title: t('runs.restored', { title: run.title || file.title, time: sayWhen(run.started_ms, Date.now()) }) }, { path: null, unsaved: true });
              showScreen({ name: 'pipeline' });
            }}
          >
            {t('runs.restore')}
          </Button>
          {!isLive && (
            <Button look="danger" icon={Trash2} onPress={() => ask(host()['runs.remove']({ run: run.id }))}>
              {t('common.delete')}
            </Button>
          )}
        </div>
      </header>
      <div className={styles.cards}>
        {run.problem && (
          <Card title={t('runs.failed')} wide>
            <div className={styles.body} style={{ color: 'var(--bad)' }}>
              {run.problem.message} {run.problem.mend}
            </div>
          </Card>
        )}
        <Card title={t('runs.status')}>
          <Facts
            facts={[
              [t('runs.status'), <Status key="status" run={run} words />],
              [t('runs.started'), new Date(run.started_ms).toLocaleString('en-GB')],
              [t('runs.took'), run.finished_ms === null ? '–' : sayDuration(run.finished_ms - run.started_ms)],
              ['id', run.id],
            ]}
          />
        </Card>
        <Card title={t('runs.metrics')}>
          {Object.keys(run.metrics).length === 0 ? <p className={styles.body}>{t('runs.metricsNone')}</p> : <Facts facts={figures([run]).map((f) => [f.name, sayFigure(f.values[0])] as const)} />}
        </Card>
        {Object.keys(run.parameters).length > 0 && (
          <Card title={t('runs.parameters')}>
            <Facts facts={Object.entries(run.parameters).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const)} />
          </Card>
        )}
      </div>
    </>
  );
}

function Comparison({ runs }: { runs: readonly Run[] }) {
  const [files, setFiles] = useState<readonly Answer<'runs.get'>['file'][]>();
  const ids = runs.map((run) => run.id).join(' ');
  useEffect(() => {
    let gone = false;
    Promise.all(ids.split(' ').map((run) => host()['runs.get']({ run })))
      .then((answers) => {
        if (!gone) setFiles(answers.map((a) => a.file));
      })
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
    return () => {
      gone = true;
    };
  }, [ids]);
  const rows = useMemo(() => figures(runs), [runs]);
  const changed = useMemo(() => (files === undefined || files.length !== runs.length ? undefined : differences(files)), [files, runs.length]);
  const head = (
    <tr>
      <th />
      {runs.map((run, i) => (
        <th key={run.id} data-align="right" title={run.title}>
          {letter(i)} · {sayWhen(run.started_ms, Date.now())}
        </th>
      ))}
    </tr>
  );
  return (
    <>
      <header className={styles.mainHead}>
        <h2>{t('runs.compared', { count: runs.length })}</h2>
      </header>
      <div className={styles.cards}>
        <Card title={t('runs.differ')} wide>
          {changed === undefined ? (
            <p className={styles.body}>{t('common.loading')}</p>
          ) : changed.length === 0 ? (
            <p className={styles.body}>{t('runs.differNone')}</p>
          ) : (
            <div className={styles.room}>
              <table className={styles.table}>
                <thead>{head}</thead>
                <tbody>
                  {changed.map((row) => (
                    <tr key={row.name}>
                      <td>{row.name}</td>
                      {row.values.map((value, i) => (
                        <td key={i} data-align="right" title={value}>
                          {value ?? '–'}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Card>
        <Card title={t('runs.metrics')} wide>
          <div className={styles.room}>
            <table className={styles.table}>
              <thead>{head}</thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.name}>
                    <td>{row.name}</td>
                    {row.values.map((value, i) => (
                      <td key={i} data-align="right" className={row.best.includes(i) ? styles.best : undefined}>
                        {sayFigure(value)}
                        {row.best.includes(i) && ` ✓`}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Card>
      </div>
    </>
  );
}

const letter = (i: number): string => String.fromCodePoint(65 + (i % 26));

function byDay(runs: readonly Run[]): [string, Run[]][] {
  const days = new Map<string, Run[]>();
  for (const run of runs) {
    const day = sayWhen(run.started_ms, Date.now()).replace(/, .*$/, '');
    days.set(day, [...(days.get(day) ?? []), run]);
  }
  return [...days];
}
