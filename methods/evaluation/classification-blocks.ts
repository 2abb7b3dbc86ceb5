/** The blocks of a classifier's report that are drawn from its scores. */
import type { ReportBlock } from '../../shared/report.ts';
import type { ClassificationScores } from '../metrics/score-classification.ts';
import {
  mostCurves,
  precisionRecallChart,
  rocChart,
  thresholdChart,
  type RankedClass,
} from './classification-charts.ts';

const mostMatrixClasses = 40;

export function confusionBlock(
  { confusion }: ClassificationScores,
  classes: readonly string[],
  unseen: readonly string[],
): ReportBlock {
  const count = confusion.classCount;
  const cell = (row: number, column: number): number => confusion.cells[row * count + column] ?? 0;
  const all = classes.map((_, k) => k);
  if (count <= mostMatrixClasses) {
    return {
      type: 'matrix',
      title: 'Confusion matrix',
      rowTitle: 'true class',
      columnTitle: 'predicted class',
      labels: classes.map((name) => (unseen.includes(name) ? `${name} (not in training)` : name)),
      values: all.map((row) => all.map((column) => cell(row, column))),
      caption: worstConfusion(classes, cell),
    };
  }
  const pairs = all.flatMap((row) =>
    all
      .filter((column) => column !== row && cell(row, column) > 0)
      .map((column) => ({ row, column, rows: cell(row, column) })),
  );
  return {
    type: 'table',
    title: `Most frequent confusions among ${count} classes`,
    columns: [
      { name: 'true', title: 'True class', align: 'left' },
      { name: 'predicted', title: 'Predicted class', align: 'left' },
      { name: 'rows', title: 'Rows', align: 'right' },
    ],
    rows: pairs
      .sort((a, b) => b.rows - a.rows)
      .slice(0, 50)
      .map((p) => [classes[p.row] ?? '', classes[p.column] ?? '', p.rows]),
  };
}

function worstConfusion(classes: readonly string[], cell: (row: number, column: number) => number): string {
  let worst = { row: -1, column: -1, rows: 0 };
  classes.forEach((_, row) =>
    classes.forEach((__, column) => {
      if (row !== column && cell(row, column) > worst.rows) worst = { row, column, rows: cell(row, column) };
    }),
  );
  return worst.rows === 0
    ? 'No row is confused with another class.'
    : `Most frequent confusion: ${worst.rows} of class ${classes[worst.row] ?? ''} predicted as ${classes[worst.column] ?? ''}.`;
}

export function curveBlocks(
  { ranked }: ClassificationScores,
  classes: readonly string[],
  positive: number,
  binary: boolean,
): ReportBlock[] {
  const all = ranked.flatMap((scores, k): (RankedClass & { k: number })[] =>
    scores && scores.positives > 0 && scores.negatives > 0 ? [{ name: classes[k] ?? '', ranked: scores, k }] : [],
  );
  const drawn = binary
    ? all.filter((c) => c.k === positive)
    : [...all].sort((a, b) => b.ranked.positives - a.ranked.positives || a.k - b.k).slice(0, mostCurves);
  return drawn.length === 0 ? [] : [rocChart(drawn), precisionRecallChart(drawn)];
}

export function thresholdBlocks(
  { ranked }: ClassificationScores,
  positive: number,
  binary: boolean,
  chosen: number,
): ReportBlock[] {
  const own = ranked[positive];
  if (!binary || !own || own.positives === 0) return [];
  const { chart, rows } = thresholdChart(own, chosen);
  const columns = [
    'threshold',
    'precision',
    'recall',
    'f1',
    'specificity',
    'accuracy',
    'truePositive',
    'falsePositive',
    'falseNegative',
    'trueNegative',
  ] as const;
  const titles = [
    'Threshold',
    'Precision',
    'Recall',
    'F1',
    'Specificity',
    'Accuracy',
    'True positives',
    'False positives',
    'False negatives',
    'True negatives',
  ];
  return [
    chart,
    {
      type: 'table',
      title: 'Thresholds',
      columns: columns.map((name, i) => ({ name, title: titles[i] ?? name, align: 'right' as const })),
      rows: rows.filter((_, i) => i % 5 === 0).map((row) => columns.map((name) => row[name])),
    },
  ];
}

export function byClassBlock({ byClass }: ClassificationScores): ReportBlock {
  const finite = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : value;
  return {
    type: 'table',
    title: 'By class',
    columns: [
      { name: 'class', title: 'Class', align: 'left' },
      ...['Precision', 'Recall', 'F1', 'Rows', 'ROC AUC', 'Average precision'].map((title) => ({
        name: title.toLowerCase().replace(' ', '_'),
        title,
        align: 'right' as const,
      })),
    ],
    rows: byClass.map((c) => [
      c.name,
      finite(c.precision),
      finite(c.recall),
      finite(c.f1),
      c.support,
      finite(c.rocAuc),
      finite(c.averagePrecision),
    ]),
  };
}
