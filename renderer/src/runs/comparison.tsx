import { useEffect, useMemo, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import type { Answer } from '../rpc/host-client.ts';
import { host } from '../rpc/host.ts';
import { toastProblem } from '../state/toasts.ts';
import { sayWhen } from '../text/say.ts';
import { t } from '../text/t.ts';
import styles from '../theme/master.module.css';
import { Card } from '../theme/master.tsx';
import { differences, figures, sayFigure, type Run } from './compare-runs.ts';

/** Runs side by side: the settings that differ, and the figures with the best marked. */
export function Comparison({ runs }: { runs: readonly Run[] }) {
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
  const changed = useMemo(
    () => (files === undefined || files.length !== runs.length ? undefined : differences(files)),
    [files, runs.length],
  );
  const head = (
    <tr>
      <th scope="col">
        <span className="visually-hidden">{t('runs.differ')}</span>
      </th>
      {runs.map((run, i) => (
        <th key={run.id} data-align="right" title={run.title}>
          {letter(i)} · {sayWhen(run.started_ms)}
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
