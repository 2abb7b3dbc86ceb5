import { indexEvaluation, type Contamination } from '../../../methods/language/contamination.ts';
import { chosenText, distinctTexts, textRows, writePerText, inOrder } from '../../../methods/language/per-text.ts';
import { shorten } from '../../../methods/text/evaluate-texts.ts';
import { task } from '../../../shared/capabilities.ts';
import { hiddenColumns } from '../../../shared/wires.ts';
import { id, join, sql } from '../../../shared/sql.ts';
import { contaminationColumns, spec } from './spec.ts';

export default task(spec, {
  run: async (context) => {
    const { params, signal, progress, metric, outputs } = context;
    const [table, evaluation] = [context.table('rows'), context.table('evaluation')];
    const column = chosenText(table, params.column);
    const evaluated = await distinctTexts(evaluation, chosenText(evaluation, params.evaluated, 'evaluated'));
    const look = indexEvaluation(evaluated, params.run);
    const texts = await distinctTexts(table, column);
    const found = new Map<string, Contamination>();
    for (const [i, text] of texts.entries()) {
      if (i % 200 === 0) {
        signal.throwIfAborted();
        progress(i / texts.length);
      }
      const one = look(text);
      if (one !== undefined) found.set(text, one);
    }
    if (params.action === 'mark') {
      const values = new Map(
        texts.map(
          (text) => [text, [found.get(text)?.share ?? 0, evaluated[found.get(text)?.source ?? -1] ?? null]] as const,
        ),
      );
      await writePerText(context, table, column, { columns: contaminationColumns, values });
    } else {
      const staged = await context.stage(
        [{ name: '__text', type: 'VARCHAR' }],
        [...found.keys()].map((text) => [text]),
      );
      const names = [...(table.schema.split ? hiddenColumns : []), ...table.columns.map((c) => c.name)];
      const { rows: from, order } = inOrder(table);
      await outputs.table(
        'rows',
        sql`SELECT ${join(names.map((name) => sql`r.${id(name)}`))} FROM ${from} AS r ANTI JOIN ${staged} AS k ON CAST(r.${id(column)} AS VARCHAR) = k.__text${order}`,
      );
    }
    const rows = (await textRows(table, column)).filter(({ text }) => text !== null && found.has(text)).length;
    const touched = new Set([...found.values()].map((one) => one.source)).size;
    metric('contaminated', rows);
    metric('evaluation_texts_found', touched);
    const worst = [...found].sort(([, a], [, b]) => b.longest.length - a.longest.length).slice(0, 30);
    await outputs.report('report', {
      title: 'Contamination',
      chips: [`runs of ${params.run} words`, `${evaluated.length.toLocaleString('en')} evaluation texts`],
      blocks: [
        {
          type: 'metrics',
          items: [
            { name: 'contaminated', title: 'Rows with parts of the evaluation set', value: rows, better: 'lower' },
            {
              name: 'evaluation_texts_found',
              title: 'Evaluation texts found',
              value: touched,
              better: 'lower',
              help: 'Counted by the one that each row shares most with.',
            },
          ],
        },
        {
          type: 'table',
          title: 'The longest shared stretches',
          columns: [
            { name: 'share', title: 'Share of the text', align: 'right' },
            { name: 'stretch', title: 'Shared words', align: 'left' },
            { name: 'evaluation', title: 'Evaluation text', align: 'left' },
          ],
          rows: worst.map(([, one]) => [one.share, shorten(one.longest), shorten(evaluated[one.source] ?? '')]),
        },
      ],
    });
  },
});
