/** An evaluation of no rows is no failure of the evaluation: it says that nothing was measured, and why the figures are missing. */
import type { Report } from '../../shared/report.ts';
import type { Finding } from '../../shared/kind/define-spec.ts';

export const nothingMeasured = (title: string, rows = 'rows'): { finding: Finding; report: Report } => {
  const message = `There are no ${rows} to measure: 0 came in.`;
  const mend = 'Look what the node before gives, and which rows are measured.';
  return {
    finding: { code: 'evaluate.no-rows', severity: 'warning', message, mend },
    report: {
      title,
      chips: ['0 rows'],
      blocks: [{ type: 'text', text: `${message} No figure is given. ${mend}`, tone: 'warning' }],
    },
  };
};
