import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import { useApp } from '../state/window/app-info.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { showScreen } from '../state/window/view.ts';
import { clockMs, sayBytes, sayDuration, sayWhen } from '../text/say.ts';
import { t, tLoose } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { EmptyState } from '../theme/surface.tsx';
import styles from './clusters.module.css';
import type { Placement } from './target.ts';

/** Runs that were sent: where they are, why they wait, what moved, how far they are. */
export function JobsTable({ jobs, again }: { jobs: Placement[] | undefined; again: () => void }) {
  return (
    <section className={styles.jobs} aria-label={t('clusters.jobs')}>
      <h2>
        {t('clusters.jobs')}
        {jobs !== undefined && jobs.length > 0 && <small>{t('clusters.jobsOf', { count: jobs.length })}</small>}
      </h2>
      {jobs === undefined ? (
        <EmptyState title={t('common.loading')} />
      ) : jobs.length === 0 ? (
        <EmptyState title={t('clusters.noJobs')} hint={t('clusters.noJobsHint')} />
      ) : (
        <table className={styles.table}>
          <thead>
            <tr>
              {(['job', 'target', 'state', 'moved', 'progress', 'took'] as const).map((name) => (
                <th key={name} scope="col">
                  {t(`clusters.${name}`)}
                </th>
              ))}
              <th scope="col">{t('clusters.actions')}</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <Job key={job.run} job={job} again={again} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const tones = { done: 'ok', failed: 'bad', cancelled: 'plain', interrupted: 'bad' } as const;

function Job({ job, again }: { job: Placement; again: () => void }) {
  const isOver = job.phase === 'ended';
  const status = isOver ? job.status : job.phase;
  const word = isOver ? tLoose(`clusters.statuses.${job.status}`) : t(`clusters.phases.${job.phase}`);
  const tone = Object.hasOwn(tones, status)
    ? tones[status as keyof typeof tones]
    : job.phase === 'unreachable'
      ? 'warn'
      : isOver
        ? 'plain'
        : 'accent';
  const share = isOver ? (job.status === 'done' ? 1 : null) : job.tasks > 1 ? job.tasks_done / job.tasks : null;
  return (
    <tr>
      <td>
        <button type="button" className={styles.link} onClick={() => showScreen({ name: 'runs', run: job.run })}>
          {job.title}
        </button>
        <small>{sayWhen(job.created_ms)}</small>
      </td>
      <td>
        {job.target}
        <small>{job.job === null ? t(`clusters.kinds.${job.kind}`) : t('clusters.jobId', { id: job.job })}</small>
      </td>
      <td>
        <span className={styles.phase} data-tone={tone}>
          {word}
        </span>
        {(job.problem?.message ?? job.words) !== '' && <small>{job.problem?.message ?? job.words}</small>}
      </td>
      <td>
        {job.sent_bytes + job.fetched_bytes === 0
          ? // While it is being sent, the state tells how far that is.
            t(isOver || job.phase === 'running' ? 'clusters.nothingMoved' : 'clusters.notMovedYet')
          : t('clusters.sent', { bytes: sayBytes(job.sent_bytes) })}
        {job.fetched_bytes > 0 && <small>{t('clusters.back_bytes', { bytes: sayBytes(job.fetched_bytes) })}</small>}
      </td>
      <td>
        {job.tasks > 1 && t('clusters.tasksDone', { done: String(job.tasks_done), all: String(job.tasks) })}
        {share !== null && (
          <span className={styles.bar} aria-hidden>
            <i style={{ width: `${share * 100}%` }} />
          </span>
        )}
      </td>
      <td>{sayDuration((job.ended_ms ?? clockMs()) - (job.submitted_ms ?? job.created_ms))}</td>
      <td>
        <Actions job={job} again={again} />
      </td>
    </tr>
  );
}

function Actions({ job, again }: { job: Placement; again: () => void }) {
  const isFollowed = useApp((s) => s.status?.running.includes(job.run) ?? true);
  const ask = (work: Promise<unknown>): void =>
    void work.then(again).catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  if (job.phase === 'ended') return null;
  return (
    <>
      {!isFollowed && (
        <Button size="small" look="quiet" onPress={() => ask(host()['runs.attach']({ run: job.run }))}>
          {t('clusters.follow')}
        </Button>
      )}
      {isFollowed && (
        <Button size="small" look="quiet" onPress={() => ask(host()['runs.cancel']({ run: job.run }))}>
          {t('clusters.cancel')}
        </Button>
      )}
    </>
  );
}
