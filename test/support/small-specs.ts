/** Three node kinds for tests of the editor, without the real ones. */
import * as z from 'zod';
import { defineSpec, type AnySpec, type Port } from '../../shared/kind/define-spec.ts';

const params: z.ZodObject = z.strictObject({ amount: z.number().default(1), text: z.string().default('') });

const toy = (kind: string, title: string, inputs: Record<string, Port>, outputs: Record<string, Port>): AnySpec => ({
  ...defineSpec({
    kind,
    version: 1,
    computes: 1,
    title,
    about: `${title}.`,
    keywords: [],
    icon: 'box',
    inputs,
    outputs,
    params,
    form: kind.startsWith('prepare') ? 'fitted' : kind.startsWith('combine') ? 'relational' : 'task',
    rows: kind.startsWith('combine') ? 'mix' : 'same',
    summary: (values) => `by ${String(values['amount'])}`,
  }),
  keywords: kind === 'combine.append' ? ['concat', 'union'] : [],
});
const rows: Port = { wire: 'table', title: 'Rows' };

export const smallSpecs: ReadonlyMap<string, AnySpec> = new Map(
  [
    toy('read.csv', 'Read CSV', {}, { rows }),
    toy('clean.filter', 'Keep rows', { rows }, { rows }),
    toy('combine.append', 'Append', { rows: { ...rows, many: true } }, { rows }),
    toy('prepare.scale', 'Scale numbers', { rows }, { rows }),
    toy('train.boosting', 'Gradient boosting', { rows }, { model: { wire: 'model', title: 'Model' } }),
    toy(
      'evaluate.score',
      'Score',
      { rows, model: { wire: 'model', title: 'Model' } },
      { report: { wire: 'report', title: 'Report' } },
    ),
  ].map((spec) => [spec.kind, spec]),
);
