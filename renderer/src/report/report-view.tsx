import { useEffect, useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { Report, ReportSetting } from '../../../shared/report.ts';
import { host } from '../rpc/host.ts';
import { changeParam } from '../state/documents/commands.ts';
import { usePipeline } from '../state/documents/documents.ts';
import { t } from '../text/t.ts';
import { Select } from '../theme/choice.tsx';
import { Chip, EmptyState } from '../theme/surface.tsx';
import { ReportBlockView } from './report-blocks.tsx';
import styles from './report.module.css';

/** Reports never change under their key: what was read once is kept. */
const known = new Map<string, Report>();
const mostKept = 40;

export async function readReport(key: string, signal: AbortSignal): Promise<Report> {
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const report = await host()['results.report']({ key }, { signal });
  known.set(key, report);
  const oldest = known.keys().next().value;
  if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
  return report;
}

export function useReport(key: string): { report: Report | undefined; problem: Problem | undefined } {
  const [answer, setAnswer] = useState<{ key: string; report?: Report; problem?: Problem }>({ key });
  useEffect(() => {
    if (known.has(key)) return;
    const abort = new AbortController();
    readReport(key, abort.signal)
      .then((report) => setAnswer({ key, report }))
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

/** The blocks of a report, by its key. @param node whose settings can be changed beside the figures */
export function ReportView({ reportKey, node }: { reportKey: string; node?: string }) {
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
      {node !== undefined &&
        report.settings?.map((setting) => <Setting key={setting.param} setting={setting} node={node} />)}
      {report.blocks.length === 0 && <EmptyState title={t('report.empty')} />}
      <div className={styles.blocks}>
        {report.blocks.map((block, i) => (
          <ReportBlockView key={i} block={block} />
        ))}
      </div>
    </>
  );
}

/** A setting of the node, where its figures stand: the figures are those of the setting that they were measured with until it runs again. */
function Setting({ setting, node }: { setting: ReportSetting; node: string }) {
  const now = usePipeline((file) => file.nodes[node]?.params[setting.param]);
  const exists = usePipeline((file) => file.nodes[node] !== undefined);
  const value = typeof now === 'string' ? now : '';
  if (!exists) return null;
  // An empty choice is one too, and a list's items want names.
  const idOf = (choice: string): string => `is ${choice}`;
  return (
    <div className={styles.setting}>
      <Select
        label={setting.title}
        options={setting.choices.map((choice) => ({ id: idOf(choice.value), title: choice.title }))}
        value={idOf(value)}
        onChange={(id) => {
          const chosen = setting.choices.find((choice) => idOf(choice.value) === id);
          if (chosen !== undefined) changeParam(node, setting.param, chosen.value);
        }}
      />
      {value !== setting.value && <Chip tone="warn">{t('report.settingChanged')}</Chip>}
    </div>
  );
}
