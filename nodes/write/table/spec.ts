import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

const endings = { csv: '.csv', parquet: '.parquet', jsonl: '.jsonl' } as const;
const names = { csv: 'CSV', parquet: 'Parquet', jsonl: 'JSON lines' } as const;

export const spec = defineSpec({
  kind: 'write.table',
  version: 1,
  computes: 3,
  title: 'Write a table',
  about: 'Writes rows to a CSV, Parquet or JSON-lines file in the workspace.',
  keywords: [
    'save',
    'export',
    'csv writer',
    'to_csv',
    'to_parquet',
    'output data',
    'download',
    'file',
    'store',
    'save data',
    'export csv',
    'write csv',
    'to_json',
    'save file',
    'table writer',
    'write file',
    'output',
  ],
  icon: 'save',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: {},
  params: z.strictObject({
    file: field.file({
      title: 'File',
      help: 'Where to write, relative to the workspace. Folders are made where they are missing.',
      extensions: Object.values(endings),
      placeholder: 'results/scored.csv',
    }),
    format: field.choice({
      title: 'Format',
      help: 'CSV is for people and other programs, Parquet for more data with its types, JSON lines for programs. "Automatic" goes by the file’s ending.',
      choices: { auto: 'automatic', ...names },
      default: 'auto',
    }),
    overwrite: field.switch({
      title: 'Replace the file',
      help: 'Off: the run stops when the file is there already. The new file takes the old one’s place only when it is complete.',
      default: false,
    }),
    guardFormulas: field.switch({
      title: 'Escape formulas',
      help: 'For CSV: a text that Excel or LibreOffice would take for a formula (it begins with =, +, -, @ or a tab and is no number) gets an apostrophe before it, so that opening the file runs nothing. The log says how many and where. Off: texts are written as they are, for programs that read the file.',
      default: true,
      when: { param: 'format', is: ['auto', 'csv'] },
    }),
    partition: field.switch({
      title: 'Write the partition',
      help: 'After Split: adds the column "partition" with train, validation or test. Off: the file has the visible columns alone.',
      default: false,
    }),
  }),
  form: 'task',
  rows: 'same',
  pure: false,
  writes: ({ file }) => [{ param: 'file', path: file }],
  summary: (p) => (p.file === '' ? 'write to a file' : `write to ${p.file}${p.overwrite ? ', replacing it' : ''}`),
  check: ({ params: p, inputs }) => {
    const findings: Finding[] = [];
    if (p.file === '')
      findings.push({
        code: 'param.empty',
        message: 'No file is chosen yet.',
        mend: 'Give a name, such as results.csv.',
        param: 'file',
      });
    else if (p.format === 'auto' && formatOf(p.format, p.file) === undefined)
      findings.push({
        code: 'write.format',
        message: `The ending of "${p.file}" tells no format.`,
        mend: 'End it with .csv, .parquet or .jsonl, or choose the format.',
        param: 'format',
      });
    const schema = inputs['rows'];
    if (p.partition && schema?.split === false)
      findings.push({
        code: 'write.no-partition',
        severity: 'warning',
        message: 'The rows were not split, so there is no partition to write.',
        mend: 'Turn it off.',
        param: 'partition',
      });
    if (p.partition && schema?.columns.some((c) => c.name.toLowerCase() === 'partition') === true)
      findings.push({
        code: 'column.duplicate',
        message: 'The table has a column "partition" already.',
        mend: 'Rename it before.',
        param: 'partition',
        column: 'partition',
      });
    return findings;
  },
});

export function formatOf(
  format: 'auto' | 'csv' | 'parquet' | 'jsonl',
  file: string,
): 'csv' | 'parquet' | 'jsonl' | undefined {
  if (format !== 'auto') return format;
  const lower = file.toLowerCase();
  return lower.endsWith('.csv')
    ? 'csv'
    : lower.endsWith('.parquet')
      ? 'parquet'
      : lower.endsWith('.jsonl') || lower.endsWith('.ndjson')
        ? 'jsonl'
        : undefined;
}
