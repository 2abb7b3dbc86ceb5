/** A file whose later values do not fit what its first rows look like: a run refuses it by row and column, whatever would read it. */
import { expect, it } from 'vitest';
import { Workshop } from '../support/workshop.ts';

it.each([
  ['read.csv', 'rows.csv', `n,x\n${'1,7\n'.repeat(25_000)}1,2.5\n`, 'csv.inexact-value'],
  ['read.jsonl', 'rows.jsonl', `${'{"n":1,"x":7}\n'.repeat(25_000)}{"n":1,"x":2.5}\n`, 'json.late-value'],
])(
  'a run of %s stops at a late fraction, and goes on with the mend that is offered',
  async (kind, file, rows, code) => {
    await using shop = await Workshop.open();
    await shop.write(file, rows);
    const nodes = (params: Record<string, unknown>) => ({
      file: { kind, params: { file, ...params } },
      kept: { kind: 'clean.filter', params: { rules: [{ column: 'n', operator: 'at-least', value: '0' }] } },
    });
    const failed = await shop.run(nodes({}), ['file.rows -> kept.rows']);
    expect(failed.status).toBe('failed');
    expect(failed.problems).toMatchObject([{ code, node: 'file', column: 'x', facts: { row: 25_001 } }]);
    const mended = await shop.run(nodes({ sampleRows: 0 }), ['file.rows -> kept.rows']);
    expect([mended.status, mended.problems]).toEqual(['done', []]);
  },
);
