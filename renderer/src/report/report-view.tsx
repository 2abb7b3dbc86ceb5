import { useEffect, useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { Report } from '../../../shared/report.ts';
import { host } from '../rpc/host.ts';
import { t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';
import { ReportBlockView } from './report-blocks.tsx';
import styles from './report.module.css';

/** Reports never change under their key: what was read once is kept. */
const known = new Map<string, Report>();
const mostKept = 40;

export function useReport(key: string): { report: Report | undefined; problem: Problem | undefined } {
  const [answer, setAnswer] = useState<{ key: string; report?: Report; problem?: Problem }>({ key });
  useEffect(() => {
    if (known.has(key)) return;
    const abort = new AbortController();
    host()
      ['results.report']({ key }, { signal: abort.signal })
      .then((report) => {
        known.set(key, report);
        const oldest = known.keys().next().value;
        if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
        setAnswer({ key, report });
      })
      .catch((thrown: unknown) => {
        if (!abort.signal.aborted) setAnswer({ key, problem: toProblem(thrown) });
      });
    return () => abort.abort();
  }, [key]);
  return {
    report: known.get(key) ?? (answer.key === key ? answer.report : undefined),
    problem: answer.key === key ? answer.problem : undefined,
  };
}

/** The blocks of a report, by its key. */
export function ReportView({ reportKey }: { reportKey: string }) {
  const { report, problem } = useReport(reportKey);
  if (problem !== undefined)
    return <EmptyState title={t('report.failed')} hint={`${problem.message} ${problem.mend ?? ''}`} />;
  if (report === undefined) return <EmptyState title={t('report.loading')} />;
  return (
    <>
      {report.chips.length > 0 && (
        <div className={styles.chips}>
          {report.chips.map((chip) => (
            <span key={chip} className={styles.chip}>
              {chip}
            </span>
          ))}
        </div>
      )}
      {report.blocks.length === 0 && <EmptyState title={t('report.empty')} />}
      <div className={styles.blocks}>
        {report.blocks.map((block, i) => (
          <ReportBlockView key={i} block={block} />
        ))}
      </div>
    </>
  );
}
