import { chosenText, distinctTexts, textRows, writePerText, inOrder } from '../../../methods/language/per-text.ts';
import { judgeQuality, qualityProblems, type QualityProblem } from '../../../methods/language/text-quality.ts';
import { shorten } from '../../../methods/text/evaluate-texts.ts';
import { task } from '../../../shared/capabilities.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { id, join, sql } from '../../../shared/sql.ts';
import { problemColumn, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress, metric, outputs } = context;
    const table = context.table('rows');
    const column = chosenText(table, params.column);
    const texts = await distinctTexts(table, column);
    const found = new Map<string, QualityProblem[]>();
    for (const [i, text] of texts.entries()) {
      if (i % 500 === 0) {
        signal.throwIfAborted();
        progress(i / texts.length);
      }
      found.set(text, judgeQuality(text, params));
    }
    if (params.action === 'mark') {
      const values = new Map([...found].map(([text, problems]) => [text, [problems.join(', ') || null]] as const));
      await writePerText(context, table, column, { columns: [problemColumn], values });
    } else {
      const kept = [...found].filter(([, problems]) => problems.length === 0).map(([text]) => [text]);
      const staged = await context.stage([{ name: '__text', type: 'VARCHAR' }], kept);
      const names = [...(table.schema.split ? hiddenColumns : []), ...table.columns.map((c) => c.name)];
      const { rows: from, order } = inOrder(table);
      await outputs.table(
        'rows',
        sql`SELECT ${join(names.map((name) => sql`r.${id(name)}`))} FROM ${from} AS r SEMI JOIN ${staged} AS k ON CAST(r.${id(column)} AS VARCHAR) = k.__text${order}`,
      );
    }
    const rows = (await textRows(table, column)).map(({ text }) =>
      text === null ? (['too short'] as const) : (found.get(text) ?? []),
    );
    const failed = rows.filter((problems) => problems.length > 0).length;
    metric('failed', failed);
    const example = (problem: QualityProblem): string =>
      shorten([...found].find(([, problems]) => problems.includes(problem))?.[0] ?? '');
    await outputs.report('report', {
      title: 'Text quality',
      chips: [`${rows.length.toLocaleString('en')} rows`],
      blocks: [
        { type: 'metrics', items: [{ name: 'failed', title: 'Rows that fail a rule', value: failed }] },
        {
          type: 'table',
          title: 'By rule',
          columns: [
            { name: 'rule', title: 'Rule', align: 'left' },
            { name: 'rows', title: 'Rows', align: 'right' },
            { name: 'example', title: 'Such as', align: 'left' },
          ],
          rows: qualityProblems.map((problem) => [
            problem,
            rows.filter((problems) => problems.some((one) => one === problem)).length,
            example(problem),
          ]),
        },
      ],
    });
  },
});
