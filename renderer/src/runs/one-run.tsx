import { History, Square, Trash2, Workflow } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import type { Answer } from '../rpc/host-client.ts';
import { host } from '../rpc/host.ts';
import { openPath } from '../state/files/files.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { sayDuration, sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { ConfirmButton } from '../theme/confirm-button.tsx';
import styles from '../theme/master.module.css';
import { Card, Facts } from '../theme/master.tsx';
import { isSaved, type Run } from '../state/runs/compare-runs.ts';
import { openRunState } from './open-run-state.ts';
import { RunFigures } from './run-figures.tsx';
import { RunNodes } from './run-nodes.tsx';
import { Status } from './run-status.tsx';
import { useRunStates } from '../state/runs/use-run-states.ts';

const placementsAsked = 500;

/** What one run did, with what can be done with it. */
// Over 80 lines: the markup of one row and what opens below it.
export function OneRun({ run }: { run: Run }) {
  const [file, setFile] = useState<Answer<'runs.get'>['file']>();
  const place = usePlaceOf(run.id);
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
  const states = useRunStates([run.id]);
  const ask = (work: Promise<unknown>): void => void work.catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  const isLive = run.status === 'running' || run.status === 'queued';
  return (
    <>
      <header className={styles.mainHead}>
        <div>
          <h2>{run.title || run.pipeline || run.id}</h2>
          <p>{`${sayWhen(run.started_ms)} · ${t('runs.counts', { computed: run.computed, cached: run.cached })}`}</p>
        </div>
        <div className={styles.actions}>
          {isLive && (
            <Button look="danger" icon={Square} onPress={() => ask(host()['runs.cancel']({ run: run.id }))}>
              {t('runs.cancel')}
            </Button>
          )}
          {isSaved(run.pipeline) && (
            <Button icon={Workflow} onPress={() => void openPath(run.pipeline)}>
              {t('runs.openPipeline')}
            </Button>
          )}
          <Button icon={History} isDisabled={file === undefined} onPress={() => file && openRunState(run, file)}>
            {t('runs.restore')}
          </Button>
          {!isLive && (
            <ConfirmButton
              look="danger"
              icon={Trash2}
              label={t('common.delete')}
              title={t('runs.deleteTitle', { time: sayWhen(run.started_ms) })}
              onConfirm={() => ask(host()['runs.remove']({ run: run.id }))}
            >
              {t('runs.deleteBody')}
            </ConfirmButton>
          )}
        </div>
      </header>
      {run.problem && (
        <p className={styles.alarm} role="note">
          <b>{run.problem.message}</b> {run.problem.mend}
        </p>
      )}
      <div className={styles.overview}>
        <Card title={t('runs.status')}>
          <Facts
            facts={[
              [t('runs.status'), <Status key="status" status={run.status} words />],
              [t('runs.started'), new Date(run.started_ms).toLocaleString('en-GB')],
              [t('runs.took'), run.ms === null ? '–' : sayDuration(run.ms)],
              ...(place === undefined ? [] : [[t('clusters.ranOn'), sayPlace(place)] satisfies [string, string]]),
              [t('runs.id'), run.id],
            ]}
          />
        </Card>
        <RunFigures run={run} file={file} />
        {Object.keys(run.parameters).length > 0 && (
          <Card title={t('runs.parameters')}>
            <Facts
              facts={Object.entries(run.parameters).map(
                ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
              )}
            />
          </Card>
        )}
      </div>
      <RunNodes state={states[run.id]} file={file} />
    </>
  );
}

type Placement = Answer<'targets.placements'>[number];

const sayPlace = ({ target, job }: Placement): string =>
  job === null ? target : t('clusters.ranOnJob', { target, id: job });

/** Where it was sent, whole or in part; nothing for a run of this machine. */
function usePlaceOf(run: string): Placement | undefined {
  const [place, setPlace] = useState<Placement>();
  useEffect(() => {
    let gone = false;
    host()
      ['targets.placements']({ limit: placementsAsked })
      .then((rows) => {
        if (!gone) setPlace(rows.find((row) => row.run === run));
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [run]);
  return place;
}
