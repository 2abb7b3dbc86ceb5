import { byClassBlock, confusionBlock } from '../../../methods/evaluation/classification-blocks.ts';
import { choosePartition } from '../../../methods/evaluation/evaluate-model.ts';
import { nothingMeasured } from '../../../methods/evaluation/nothing-measured.ts';
import { sayRows } from '../../../methods/evaluation/measured.ts';
import { isUneven, positiveClass } from '../../../methods/evaluation/positive-class.ts';
import { metricBlocks } from '../../../methods/evaluation/metric-words.ts';
import { findLabel } from '../../../methods/language/find-label.ts';
import { asText } from '../../../methods/language/per-text.ts';
import { scoreClassification } from '../../../methods/metrics/score-classification.ts';
import { shorten } from '../../../methods/text/evaluate-texts.ts';
import { wilsonInterval } from '../../../methods/text/text-intervals.ts';
import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { id, raw, sql } from '../../../shared/sql.ts';
import { partitionColumn } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

const noLabel = '(no label)';

export default task(spec, {
  run: async ({ params, table, metric, outputs, warn }) => {
    const rows = table('rows');
    const on = await choosePartition(rows, params.rows);
    if ((await rows.count(rows.schema.split ? on : 'all')) === 0) {
      const { finding, report } = nothingMeasured('Written labels', sayRows(on));
      warn(finding);
      return outputs.report('report', report);
    }
    const measured = rows.schema.split && on !== 'all' ? sql` AND ${id(partitionColumn)} = ${on}` : raw('');
    const found = await rows.query(
      sql`SELECT ${asText(params.answer)} AS said, ${asText(params.truth)} AS truth, count(*) AS n FROM ${rows.ref} WHERE ${id(params.truth)} IS NOT NULL${measured} GROUP BY said, truth ORDER BY said, truth`,
    );
    if (found.length === 0)
      throw fail('evaluate.no-rows', {
        message: 'No row has a true label.',
        mend: 'Look what the node before gives, and which rows are measured.',
      });
    const labels = [...new Set(found.map((row) => String(row['truth'])))].sort();
    const judged = found.map((row) => ({
      said: typeof row['said'] === 'string' ? row['said'] : '',
      truth: labels.indexOf(String(row['truth'])),
      n: Number(row['n']),
      label: findLabel(typeof row['said'] === 'string' ? row['said'] : '', labels, params.rule),
    }));
    const all = judged.flatMap((one) => Array.from({ length: one.n }, () => one));
    const withoutLabel = all.filter((one) => one.label === undefined).length;
    // Without a label an answer is wrong whatever the truth is: it is a class that no row belongs to.
    const classes = withoutLabel > 0 ? [...labels, noLabel] : labels;
    const counts = labels.map((_, k) => all.filter((one) => one.truth === k).length);
    // Nothing was trained on these rows: the rule is asked about the measured ones.
    const positive = positiveClass(labels, counts);
    const scores = scoreClassification({
      classes,
      positive,
      truth: Int32Array.from(all, (one) => one.truth),
      predicted: Int32Array.from(all, (one) => one.label ?? labels.length),
    });
    const where = `labels=${params.rule}|rows=${on === 'train' ? 'training' : on}|n=${all.length}`;
    const values = [
      ...scores.values.map((value) => ({ ...value, signature: `${value.signature}|${where}` })),
      { name: 'without_label', value: withoutLabel / all.length, signature: `without_label|${where}|v1` },
    ];
    for (const { name, value, signature } of values) metric(name, Number.isFinite(value) ? value : null, { signature });
    const right = all.filter((one) => one.label === one.truth).length;
    const interval = wilsonInterval(right, all.length);
    const odd = judged.filter((one) => one.label === undefined).sort((a, b) => b.n - a.n);
    await outputs.report('report', {
      title: 'Written labels',
      chips: [
        `measured on ${all.length.toLocaleString('en')} ${sayRows(on)}`,
        `accuracy ${(right / all.length).toFixed(3)}, 95 % ${interval?.low.toFixed(3) ?? ''} to ${interval?.high.toFixed(3) ?? ''}`,
        ...(classes.length === 2 && withoutLabel === 0 ? [`positive class: ${labels[positive] ?? ''}`] : []),
      ],
      blocks: [
        ...metricBlocks(
          values,
          isUneven(counts)
            ? ['balanced_accuracy', 'f1_macro', 'accuracy']
            : ['accuracy', 'balanced_accuracy', 'f1_macro'],
        ),
        confusionBlock(scores, classes, []),
        byClassBlock(scores),
        {
          type: 'table',
          title: 'Answers that are no label',
          columns: [
            { name: 'answer', title: 'Answer', align: 'left' },
            { name: 'truth', title: 'True label', align: 'left' },
            { name: 'rows', title: 'Rows', align: 'right' },
          ],
          rows: odd.slice(0, 30).map((one) => [shorten(one.said), labels[one.truth] ?? '', one.n]),
          caption:
            odd.length === 0
              ? 'Every answer was one of the labels.'
              : 'They count as wrong. A grammar or a JSON schema for the answers leaves none.',
        },
      ],
    });
  },
});
